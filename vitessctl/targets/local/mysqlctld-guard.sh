# What mysqlctld trips over after a kill -9, cleared away before it starts.
#
# mysqlctld refuses to start while the process that mysql.sock.lock names exists, whoever that is now; and a mysqld
# whose mysqlctld was killed goes on, holding the data. So: end such a mysqld gently, wait until a dying one has
# vanished (a zombie still counts for mysqlctld), and remove a lock that is nobody's.

uid=
previous=
for argument in "$@"; do
    case "$argument" in
    --tablet[-_]uid=* | -tablet[-_]uid=*) uid=${argument#*=} ;;
    esac
    case "$previous" in
    --tablet[-_]uid | -tablet[-_]uid) uid=$argument ;;
    esac
    previous=$argument
done
folder=$(printf '%s/vt_%010d' "$VTDATAROOT" "${uid:-0}")

# The ids of all processes that are this program ("mysqld", "mysqld_safe") on this tablet's data.
processes_of() {
    grep -lsaF -- "$folder/" /proc/[0-9]*/cmdline | while IFS=/ read -r _ _ pid _; do
        if tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | head -n 4 | grep -Eqx "(.*/)?$1"; then
            echo "$pid"
        fi
    done
}

# Waits until no process of that name is left on the data: $2 tenths of a second at most.
await_end() {
    left=$2
    while [ "$left" -gt 0 ] && [ -n "$(processes_of "$1")" ]; do
        sleep 0.1
        left=$((left - 1))
    done
    [ -z "$(processes_of "$1")" ]
}

end_orphans() {
    # mysqld_safe would start its mysqld again, and listens to no other signal.
    for pid in $(processes_of mysqld_safe); do kill -KILL "$pid"; done
    orphans=$(processes_of mysqld)
    [ -n "$orphans" ] || return 0
    echo "ending mysqld $orphans, whose mysqlctld was killed" >&2
    for pid in $orphans; do kill -TERM "$pid" 2>/dev/null; done
    await_end mysqld 200 && return 0
    for pid in $(processes_of mysqld); do kill -KILL "$pid" 2>/dev/null; done
    await_end mysqld 50
}

# The process that the lock names may be a zombie for a moment, then nobody's, or some other program's.
clear_lock() {
    lock="$folder/mysql.sock.lock"
    [ -f "$lock" ] || return 0
    read -r pid <"$lock"
    left=50
    while [ "$left" -gt 0 ] && [ -z "$(tr -d '\0' <"/proc/$pid/cmdline" 2>/dev/null)" ] && [ -d "/proc/$pid" ]; do
        sleep 0.1
        left=$((left - 1))
    done
    rm -f "$lock"
}

end_orphans
clear_lock
