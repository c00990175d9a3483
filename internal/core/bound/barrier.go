package bound

import "github.com/evenkeel-project/evenkeel/internal/core/instance"

// barrier says that of a cohort's hosts in a set the plan chooses so many as canaries, and that the others in the
// set, of which there are some, wait for them.
type barrier struct {
	cohort uint32
	quota  int
}

// behind has something proven of a set with its barriers.
func (p *prover) behind(barriers []barrier, prove func()) {
	for _, b := range barriers {
		p.quota[b.cohort] = b.quota
	}
	prove()
	for _, b := range barriers {
		p.quota[b.cohort] = 0
	}
}

// stageBarriers returns the barriers within each stage. A cohort's canaries are forced into its first stages
// where its stages follow one another: a canary in a later stage would end after a host that must wait for it has
// started. So a stage that holds more of a cohort than canaries are left has the barrier within itself, whatever
// the plan chooses. Cohorts in several regions that run side by side are left out.
func (p *prover) stageBarriers(c *instance.Course) [][]barrier {
	left, size := p.canariesLeft(c), make([]int, len(p.quota))
	barriers := make([][]barrier, len(c.Stages))
	for n, s := range c.Stages {
		for _, i := range s.Members {
			size[p.roster.Cohort[i]]++
		}
		for _, i := range s.Members {
			cohort := p.roster.Cohort[i]
			if left[cohort] > 0 && size[cohort] > left[cohort] {
				barriers[n] = append(barriers[n], barrier{cohort, left[cohort]})
				size[cohort], left[cohort] = 0, 0
			}
			left[cohort] -= min(left[cohort], size[cohort])
			size[cohort] = 0
		}
	}
	return barriers
}

// canariesLeft returns for every cohort how many canaries it has, 0 for those that stageBarriers leaves out.
func (p *prover) canariesLeft(c *instance.Course) []int {
	left, leg := make([]int, len(p.quota)), make([]int, len(p.quota))
	for k, l := range c.Legs {
		for _, i := range c.Members(l, true) {
			cohort := p.roster.Cohort[i]
			switch {
			case leg[cohort] == 0:
				leg[cohort], left[cohort] = k+1, max(p.canary.Hosts, 0)
			case leg[cohort] != k+1 && !c.RegionsOrdered:
				left[cohort] = 0
			}
		}
	}
	return left
}

// fleetBarriers returns the barriers among all planned hosts: a cohort with more hosts than canaries has one in
// every plan.
func (p *prover) fleetBarriers() []barrier {
	size := make([]int, len(p.quota))
	for _, c := range p.roster.Cohort {
		size[c]++
	}
	var barriers []barrier
	for cohort, n := range size {
		if p.canary.Hosts > 0 && n > p.canary.Hosts {
			barriers = append(barriers, barrier{uint32(cohort), p.canary.Hosts})
		}
	}
	return barriers
}
