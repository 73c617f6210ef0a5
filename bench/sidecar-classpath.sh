# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # root and classpath are the sourcing script's
# Builds the sidecar where that was not done, and sets classpath to that of its tests.
if [[ ! -f $root/sidecar/target/bench.classpath || ! -d $root/sidecar/target/payload ]]; then
  (cd "$root" && ./mvnw -q -B -pl sidecar -am package -DskipTests dependency:build-classpath \
    -Dmdep.outputFile=target/bench.classpath -Dmdep.includeScope=test)
fi
classpath=$root/sidecar/target/test-classes:$root/sidecar/target/classes:$(cat "$root/sidecar/target/bench.classpath")
