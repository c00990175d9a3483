module github.com/evenkeel-project/evenkeel

go 1.26
