#!/bin/sh
# Makes the Java runtime of the sidecar: what the agent needs and nothing else. The jmods decide for which system it is;
# jlink (of JAVA_HOME, else of PATH) must be of the same Java version.
# usage: sidecar/image/link-runtime.sh JMODS OUTPUT
set -eu
jmods=${1:?usage: link-runtime.sh JMODS OUTPUT}
output=${2:?usage: link-runtime.sh JMODS OUTPUT}

# java.net.http: operator and storage. jdk.crypto.ec: TLS with elliptic curves. java.logging: the log.
modules=java.base,java.logging,java.net.http,jdk.crypto.ec

"${JAVA_HOME:+$JAVA_HOME/bin/}jlink" --module-path "$jmods" --add-modules "$modules" \
  --strip-java-debug-attributes --no-header-files --no-man-pages --output "$output"
