"""The stand-in for etcd, and the client with which the other stand-ins speak to it or to a real one."""
