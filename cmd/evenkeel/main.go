// Command evenkeel gets a whole fleet patched before an embargo lifts, and takes no customer down on the way.
package main

import (
	"os"

	"github.com/evenkeel-project/evenkeel/internal/app"
)

func main() { os.Exit(app.Main()) }
