"""Generated messages of etcd.proto (tools/protos.sh's generator: protobuf 4.25, which every later runtime accepts)."""
