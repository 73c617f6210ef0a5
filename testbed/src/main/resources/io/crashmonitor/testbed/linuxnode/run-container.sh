#!/bin/sh
# run-container.sh ROOT IMAGE JAVA USER READ-ONLY MOUNTS COMMAND...
#
# Runs in a mount namespace of its own, which ends with the command: makes a root file system at ROOT out of the image,
# this machine's /usr and /etc, the Java runtime and the pod's volumes, and becomes the command there.
#   USER       uid:gid, or - where this is a user namespace, which has no other user
#   READ-ONLY  true: nothing but the volumes can be written
#   MOUNTS     a file of lines "<folder>|<path in the container>|<ro or rw>"
set -eu
root=$1 image=$2 java=$3 user=$4 read_only=$5 mounts=$6
shift 6

mount -t tmpfs -o mode=755 crash-monitor-container "$root"
mkdir -p "$root/usr" "$root/etc" "$root/proc" "$root/dev" "$root/opt/java/openjdk" "$root/tmp"
for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
mount --rbind -o ro /usr "$root/usr"
mount --rbind -o ro /etc "$root/etc"
mount --rbind /proc "$root/proc"
mount --bind -o ro "$java" "$root/opt/java/openjdk"
for device in null zero random urandom; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
for part in "$image"/*; do
  mkdir -p "$root/${part##*/}"
  mount --bind -o ro "$part" "$root/${part##*/}"
done
while IFS='|' read -r source target mode; do
  mkdir -p "$root$target"
  mount --bind -o "$mode" "$source" "$root$target"
done <"$mounts"
[ "$read_only" != true ] || mount -o remount,bind,ro "$root"

if [ "$user" = - ]; then
  exec chroot "$root" /usr/bin/setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
fi
exec chroot "$root" /usr/bin/setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups \
  --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
