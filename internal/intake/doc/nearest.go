package doc

// nearest returns the word of known that key was most likely meant to be, or "" when none is near: at most
// a third of its letters, and never more than two, may differ.
func nearest(key string, known []string) string {
	best, near := 3, ""
	for _, word := range known {
		if d := distance(key, word); d < best && d*3 <= max(len(word), 3) {
			best, near = d, word
		}
	}
	return near
}

// distance counts the letters to add, drop, change or swap with the next to turn a into b; above two it says three.
func distance(a, b string) int {
	const far = 3
	if len(a)-len(b) >= far || len(b)-len(a) >= far {
		return far
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], far)
}
