package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// plainMax bounds a part of an ID in bytes: five parts of it and their joints stay under 200 bytes, so that an ID
// with an ending fits a file name everywhere.
const plainMax = 36

// hashDigits is how much of a hash stands for a name: 80 bits, so that two names of one campaign never meet.
const hashDigits = 20

// ID returns the name of one notice. Region and host are left empty where the kind has none. Different arguments
// give different IDs; an ID has only lower-case letters, digits and "-_.", and at most 200 bytes. It does not
// tell the host, nor can a host's name be tried out against it, nor do two tenants see that they share one.
func (d *Desk) ID(kind Kind, tenant, region, host string) string {
	parts := []string{d.campaign, string(kind), plainPart(tenant)}
	if region != "" {
		parts = append(parts, plainPart(region))
	}
	if host != "" {
		parts = append(parts, "__"+hash(d.salt, tenant, host))
	}
	return strings.Join(parts, ".")
}

// thread names what the letters of this campaign to a tenant have in common.
func (d *Desk) thread(tenant string) string { return d.campaign + "." + plainPart(tenant) }

// saltOf returns what no tenant can know: the digests of fleet and plan in full.
func saltOf(b Brief) string {
	return string(b.Fleet.Digest()) + string(b.Plan.Digest)
}

// plainPart returns a name as a part of an ID: as it stands when it has lower-case letters, digits and "-" alone,
// else "_" and a hash. Capitals are hashed, for some file systems do not tell them apart.
func plainPart(name string) string {
	plain := name != "" && len(name) <= plainMax
	for i := range len(name) {
		c := name[i]
		plain = plain && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')
	}
	if plain {
		return name
	}
	return "_" + hash(name)
}

// hash returns a short hash of texts, each set apart from the next.
func hash(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		part := sha256.Sum256([]byte(text))
		sum.Write(part[:])
	}
	return hex.EncodeToString(sum.Sum(nil))[:hashDigits]
}
