package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// Flags that CoreDNS's coremain registers on flag.CommandLine, and Caddy's with it.
var coreDNSFlags = map[string]bool{
	"conf": true, "dns.port": true, "p": true, "pidfile": true, "plugins": true, "quiet": true, "version": true,
}

// Our own list of plugins, in the order that they see a question: the default one brings in the clients of three clouds.
func runCoreDNS() {
	dnsserver.Directives = []string{"bind", "errors", "ready", "kubernetes", "template"}
	coremain.Run()
}
