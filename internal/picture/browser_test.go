package picture_test

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browse opens a page in Chromium, with the address's fragment, and returns the document that its script leaves.
// Whatever the browser complains of, breaches of the page's own security policy included, fails the test.
func browse(t *testing.T, page []byte, fragment string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--enable-logging=stderr", "--virtual-time-budget=3000", "--window-size=1200,900", "--dump-dom"}, flags...)
	var out, complaints bytes.Buffer
	command := exec.Command("chromium", append(arguments, "file://"+file+fragment)...)
	command.Stdout, command.Stderr = &out, &complaints
	command.Env = append(os.Environ(), "TZ=Asia/Tokyo")
	if err := command.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, complaints.String())
	}
	for line := range strings.Lines(complaints.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("the browser complains: %s", line)
		}
	}
	return out.String()
}

// attribute returns what the page says of itself on its root.
func attribute(document, name string) string {
	found := regexp.MustCompile(`<html[^>]* data-` + name + `="([^"]*)"`).FindStringSubmatch(document)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// inside returns the text of the element with an id.
func inside(document, id string) string {
	_, rest, _ := strings.Cut(document, `id="`+id+`"`)
	_, rest, _ = strings.Cut(rest, ">")
	for _, end := range []string{"</section>", "</tbody>", "</select>", "</p>"} {
		if before, _, ok := strings.Cut(rest, end); ok && (id == "rows") == (end == "</tbody>") {
			rest = before
		}
	}
	return html.UnescapeString(strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(rest, " ")), " "))
}

func TestABrowserDrawsThePageAndTellsOfAHost(t *testing.T) {
	in := made(t, small)
	document := browse(t, page(t, in), "#host=r2-z1-c00003")
	if ready, failed := attribute(document, "ready"), attribute(document, "failed"); ready != fmt.Sprint(len(in.Plan.Outages)) || failed != "" {
		t.Fatalf("ready %q, failed %q", ready, failed)
	}
	host := inside(document, "chosen")
	for _, wanted := range []string{"r2-z1-c00003", "r2 / r2-z1 / k000", " UTC · ", "GMT+9", "Promised between", "1 down, 1 moved off first, of 1 tenant", "is at its limit until then"} {
		if !strings.Contains(host, wanted) {
			t.Errorf("of the host the page tells %q and not %q", host, wanted)
		}
	}
	if rows := strings.Count(document[strings.Index(document, `id="rows"`):], "<tr>"); rows != 25 {
		t.Errorf("the table of hosts has %d rows", rows)
	}
	if !strings.Contains(document, "1 to 25 of 48 hosts") {
		t.Error("the table does not say which hosts it shows")
	}
	if want := "Sun 28 Sep 20:00 GMT+9"; !strings.Contains(document, want) {
		t.Errorf("no time is told as %s", want)
	}
}

func TestHostileNamesAreHarmlessInABrowser(t *testing.T) {
	in := hostileNames(t)
	name := in.Plan.Outages[0].Host
	document := browse(t, page(t, in), "#host="+strings.NewReplacer("&", "%26", "<", "%3C", ">", "%3E").Replace(name))
	if attribute(document, "ready") == "" || strings.Contains(document, "data-broken") || strings.Contains(document, "<img") {
		t.Errorf("ready %q, failed %q: a name ran", attribute(document, "ready"), attribute(document, "failed"))
	}
	if host := inside(document, "chosen"); !strings.Contains(host, name) || !strings.Contains(host, "<script>document") {
		t.Errorf("of the host the page tells %q", host)
	}
}
