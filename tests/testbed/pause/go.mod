module vitessctl.test/testbed/pause

go 1.26
