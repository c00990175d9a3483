// Package notice says what a tenant is told: when, of which of its guests, and in which words. Outward text is
// built from an allow-list (law S25). It sends nothing and decides no outage.
package notice

// Kind is the occasion of a notice.
type Kind string

// The occasions.
const (
	Planned  Kind = "planned"  // once a tenant, when the campaign starts: every window of its guests
	Courtesy Kind = "courtesy" // once a tenant and region, at least the policy's notice.lead before the region starts
	Started  Kind = "started"  // once a tenant and region, when the region starts
	Late     Kind = "late"     // once a tenant and host: the host takes longer than was said
	Ended    Kind = "ended"    // once a tenant and region, when the region completes
)
