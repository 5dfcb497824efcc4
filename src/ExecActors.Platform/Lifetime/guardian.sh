# Outlives the server and ends what the server left behind. Descriptor 3 reads from a pipe that only the server writes to: its end without a farewell
# means that the server was killed. Arguments: what the marks of its processes begin with; the cgroup to kill, or nothing; the cgroup to move to first.
# It leaves its parent, so that it is nobody's child to wait for, and no process of the server's tree.
prefix=$1 leaf=$2 home=$3

# Without a child of its own: what it is to end may have taken all process ids, and a shell that cannot fork ends.
is_marked() {
  while read -r max file locks soft rest; do
    case "$max $file $locks $soft" in
      "Max file locks $prefix"*) return 0 ;;
      "Max file locks"*) return 1 ;;
    esac
  done < "$1"
  return 1
}

ended() {
  while read -r key value rest; do
    case $key in State:) case $value in Z | X) return 0 ;; *) return 1 ;; esac ;; esac
  done < "$1"
  return 0
}

guard() {
  exec <&3 3<&- > /dev/null 2>&1
  trap '' HUP INT QUIT TERM ALRM USR1 USR2 TSTP TTIN TTOU
  [ -z "$home" ] || echo 0 > "$home/cgroup.procs"
  word=
  read -r word
  if [ "$word" = farewell ]; then
    read -r word # until the pipe ends; what is to be ended has been
  else
    finish
  fi
  round=0
  while [ -n "$leaf" ] && [ "$round" -lt 60 ] && [ -d "$leaf" ] && ! rmdir "$leaf"; do
    round=$((round + 1))
    sleep 0.1 || sleep 1
  done
}

finish() {
  [ -z "$leaf" ] || echo 1 > "$leaf/cgroup.kill"
  round=0 left=yes
  while [ -n "$left" ] && [ "$round" -lt 40 ]; do
    left=
    for limits in /proc/[0-9]*/limits; do
      [ -r "$limits" ] && is_marked "$limits" || continue
      pid=${limits#/proc/} pid=${pid%/limits}
      case $pid in *[!0-9]*) continue ;; esac
      ended "/proc/$pid/status" && continue
      left=yes
      kill -9 "$pid"
    done
    round=$((round + 1))
    [ -z "$left" ] || [ "$round" -lt 20 ] || sleep 1
  done
}

guard &
echo $!
