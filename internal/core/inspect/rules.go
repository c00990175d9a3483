package inspect

// rule numbers the rules in the order of the report.
type rule int

const (
	planDigest rule = iota
	fleetDigest
	policyDigest
	advisoryDigest
	advisoryAction
	planStart
	planSteps
	listOrder
	knownHost
	hostOnce
	hostPresent
	protectedHost
	needlessOutage
	blockedHost
	wrongExclusion
	wrongBlock
	blockingGroup
	blockReason
	knownLength
	outageLength
	beforeStart
	window
	freeze
	fleetLimit
	regionLimit
	zoneLimit
	rackLimit
	cohortLimit
	groupLimit
	tenantLimit
	regionListed
	regionOrder
	zoneOrder
	lastOrder
	lastTogether
	canaryCount
	canaryBarrier
	movesUnasked
	knownGuest
	moveGuest
	moveFrom
	moveSource
	moveZone
	moveTarget
	moveInto
	moveEarly
	moveLate
	moveBarrier
	moveFreeze
	moveRoom
	moveSpread
	movesOff
	movesOnto
	movesOfGroup
	movesOfTenant
	movesOfFleet
	notDrained
	proposalGuest
	proposalTarget
	proposalRoom
	proposalSpread
	proposalFrees
	finish
	makespan
	deadline
	margin
	latestSafeStart
	bound
	gap
	ruleCount
)

const (
	planAgain = "make the plan again from these files"
	sameFiles = "give the files the plan was made from, or make the plan again"
	notByHand = "a plan is not edited by hand: make it again"
)

// newRules returns the rules with nothing looked at yet.
func newRules() []Rule {
	rules := []Rule{
		planDigest:      {Code: "plan-digest", Law: "the plan's digest is that of its content", Unit: "digests", fix: notByHand},
		fleetDigest:     {Code: "fleet-digest", Law: "the plan was made for this fleet", Unit: "digests", fix: sameFiles},
		policyDigest:    {Code: "policy-digest", Law: "the plan was made under this policy", Unit: "digests", fix: sameFiles},
		advisoryDigest:  {Code: "advisory-digest", Law: "the plan answers these advisories", Unit: "advisories", fix: sameFiles},
		advisoryAction:  {Code: "no-outage-needed", Law: "every advisory needs outages", Unit: "advisories", fix: "leave it out of the plan"},
		planStart:       {Code: "plan-start", Law: "the plan starts when the policy says", Unit: "figures", fix: planAgain},
		planSteps:       {Code: "plan-steps", Law: "the number of search steps is not negative", Unit: "figures", fix: notByHand},
		listOrder:       {Code: "list-order", Law: "every list of the plan is in its order", Unit: "entries", fix: notByHand},
		knownHost:       {Code: "unknown-host", Law: "the fleet has every host of the plan", Unit: "entries", fix: sameFiles},
		hostOnce:        {Code: "host-twice", Law: "no host is listed twice", Unit: "entries", fix: planAgain},
		hostPresent:     {Code: "host-missing", Law: "every host of the fleet is planned, excluded or blocked", Unit: "hosts", fix: planAgain},
		protectedHost:   {Code: "protected-host", Law: "no protected host has an outage", Unit: "outages", fix: "take it out, or take the protection out of the policy"},
		needlessOutage:  {Code: "needless-outage", Law: "only exposed hosts have an outage", Unit: "outages", fix: planAgain},
		blockedHost:     {Code: "blocked-host", Law: "no host has an outage that breaks a group on its own", Unit: "outages", fix: "move the group's guests off first, or leave the host"},
		wrongExclusion:  {Code: "wrong-exclusion", Law: "hosts are excluded for the reason that holds", Unit: "excluded hosts", fix: planAgain},
		wrongBlock:      {Code: "wrong-block", Law: "only hosts that would break a group or whose guests fit nowhere are blocked", Unit: "blocked hosts", fix: planAgain},
		blockingGroup:   {Code: "blocking-group", Law: "a blocked host is named with the first group it would break", Unit: "blocked hosts", fix: planAgain},
		blockReason:     {Code: "block-reason", Law: "a blocked host comes with a reason", Unit: "blocked hosts", fix: planAgain},
		knownLength:     {Code: "no-outage-length", Law: "every outage has a length given by host or policy", Unit: "outages", fix: "write outage at the host, or outage.by or outage.default in the policy"},
		outageLength:    {Code: "outage-length", Law: "an outage lasts as long as host and policy say", Unit: "outages", fix: planAgain},
		beforeStart:     {Code: "before-start", Law: "no outage starts before the policy's start", Unit: "outages", fix: planAgain},
		window:          {Code: "window", Law: "an outage lies in the window promised, which opens no earlier than the plan", Unit: "windows", fix: planAgain},
		freeze:          {Code: "freeze", Law: "no outage overlaps a freeze", Unit: "outages under a freeze", fix: planAgain},
		fleetLimit:      {Code: "fleet-limit", Law: "the fleet keeps limits.fleet", Unit: "outages", fix: planAgain},
		regionLimit:     {Code: "region-limit", Law: "every region keeps limits.region", Unit: "outages", fix: planAgain},
		zoneLimit:       {Code: "zone-limit", Law: "every zone keeps limits.zone", Unit: "outages", fix: planAgain},
		rackLimit:       {Code: "rack-limit", Law: "every rack keeps limits.rack", Unit: "outages", fix: planAgain},
		cohortLimit:     {Code: "cohort-limit", Law: "every cohort keeps limits.cohort", Unit: "outages", fix: planAgain},
		groupLimit:      {Code: "group-limit", Law: "every redundancy group keeps its max_down", Unit: "group memberships", fix: planAgain},
		tenantLimit:     {Code: "tenant-limit", Law: "every tenant keeps limits.tenant", Unit: "guests down", fix: planAgain},
		regionListed:    {Code: "region-not-listed", Law: "order.regions names every region with work", Unit: "regions", fix: "add it to order.regions"},
		regionOrder:     {Code: "region-order", Law: "a region starts after the one before it and its bake", Unit: "regions", fix: planAgain},
		zoneOrder:       {Code: "zone-order", Law: "a zone starts after the one before it and its bake", Unit: "zones", fix: planAgain},
		lastOrder:       {Code: "last-order", Law: "hosts under last start after the rest of their region", Unit: "hosts", fix: planAgain},
		lastTogether:    {Code: "last-together", Law: "no two hosts under last are down together", Unit: "hosts", fix: planAgain},
		canaryCount:     {Code: "canary-count", Law: "every cohort has its number of canaries", Unit: "cohorts", fix: planAgain},
		canaryBarrier:   {Code: "canary-barrier", Law: "no host starts before its cohort's canaries and their bake", Unit: "outages", fix: planAgain},
		finish:          {Code: "finish", Law: "finish is the last end", Unit: "figures", fix: planAgain},
		makespan:        {Code: "makespan", Law: "makespan_seconds is finish less start", Unit: "figures", fix: planAgain},
		deadline:        {Code: "deadline", Law: "deadline is the earliest that hosts have", Unit: "figures", fix: planAgain},
		margin:          {Code: "margin", Law: "margin_seconds is the least room before a deadline", Unit: "figures", fix: planAgain},
		latestSafeStart: {Code: "latest-safe-start", Law: "latest_safe_start is as late as deadline and freezes let it be", Unit: "figures", fix: planAgain},
		bound:           {Code: "bound", Law: "the bound lies between the longest outage and the makespan", Unit: "figures", fix: planAgain},
		gap:             {Code: "gap", Law: "gap is how far the makespan lies above the bound", Unit: "figures", fix: planAgain},
	}
	copy(rules[movesUnasked:finish], moveRules())
	return rules
}

// moveRules returns the rules from movesUnasked to before finish.
func moveRules() []Rule {
	rules := []Rule{
		movesUnasked:   {Code: "moves", Law: "guests are moved only when the policy has moves", Unit: "moves", fix: planAgain},
		knownGuest:     {Code: "unknown-guest", Law: "the fleet has every guest of the moves", Unit: "moves", fix: sameFiles},
		moveGuest:      {Code: "move-guest", Law: "only guests that migrate are moved", Unit: "moves", fix: planAgain},
		moveFrom:       {Code: "move-from", Law: "a guest is moved from the host it is on, one move after another", Unit: "moves", fix: planAgain},
		moveSource:     {Code: "move-source", Law: "guests are moved only off hosts with an outage", Unit: "moves", fix: planAgain},
		moveZone:       {Code: "move-zone", Law: "a guest is moved to another host of its zone", Unit: "moves", fix: planAgain},
		moveTarget:     {Code: "move-target", Law: "no guest is moved to a host that is blocked, protected or left out though exposed", Unit: "moves", fix: planAgain},
		moveInto:       {Code: "move-into-drain", Law: "no guest is moved onto a host from its own first move off to the end of its outage", Unit: "moves", fix: planAgain},
		moveEarly:      {Code: "move-before-start", Law: "no move starts before the policy's start", Unit: "moves", fix: planAgain},
		moveLate:       {Code: "move-late", Law: "a move ends before the host it leaves goes down", Unit: "moves", fix: planAgain},
		moveBarrier:    {Code: "move-barrier", Law: "what holds an outage holds the moves before it", Unit: "moves", fix: planAgain},
		moveFreeze:     {Code: "move-freeze", Law: "no move overlaps a freeze", Unit: "moves under a freeze", fix: planAgain},
		moveRoom:       {Code: "move-room", Law: "every host has room for the guests that are moved to it", Unit: "moves", fix: planAgain},
		moveSpread:     {Code: "move-spread", Law: "moves keep the members of a group spread", Unit: "group memberships", fix: planAgain},
		movesOff:       {Code: "moves-off-limit", Law: "moves off a host keep moves.host", Unit: "moves", fix: planAgain},
		movesOnto:      {Code: "moves-onto-limit", Law: "moves onto a host keep moves.host", Unit: "moves", fix: planAgain},
		movesOfGroup:   {Code: "moves-group-limit", Law: "moves of a group keep moves.group", Unit: "group memberships", fix: planAgain},
		movesOfTenant:  {Code: "moves-tenant-limit", Law: "moves of a tenant keep moves.tenant", Unit: "moves", fix: planAgain},
		movesOfFleet:   {Code: "moves-fleet-limit", Law: "moves of the fleet keep moves.fleet", Unit: "moves", fix: planAgain},
		notDrained:     {Code: "not-drained", Law: "no host goes down with guests that are to be moved", Unit: "outages", fix: planAgain},
		proposalGuest:  {Code: "proposal-guest", Law: "proposals name guests that can be moved and that block their host", Unit: "proposed moves", fix: planAgain},
		proposalTarget: {Code: "proposal-target", Law: "proposals name other hosts of the region that are not blocked", Unit: "proposed moves", fix: planAgain},
		proposalRoom:   {Code: "proposal-room", Law: "there is room for what is proposed", Unit: "proposed moves", fix: planAgain},
		proposalSpread: {Code: "proposal-spread", Law: "what is proposed keeps the members of a group spread", Unit: "group memberships", fix: planAgain},
		proposalFrees:  {Code: "proposal-frees", Law: "after its proposal no group blocks a host", Unit: "proposals", fix: planAgain},
	}
	return rules[movesUnasked:]
}
