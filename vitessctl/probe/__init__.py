"""Whether images are what the rendered documents take them for: each program is asked for its help, and compared.

Pure but for `check`, which lets a target run the programs. `programs` finds them in the documents, `helptext` and
`versions` read what they print, `likeness` tells which release lists such flags, `judge` says what differs.
"""
