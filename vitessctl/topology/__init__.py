"""What the topology server holds, read from etcd itself.

Not through vtctld: its call for it came with 15 and tells no versions before 20, and the command TopoCat of the
releases before that lists no folders. In etcd all releases keep the same records in the same places; one request gives
them all, as they were at one moment, with their versions and locks; and it answers when vtctld does not.
"""
