# shellcheck shell=bash
# shellcheck disable=SC2154  # cache is that of provision.sh
# A browser, for the test of downloads alone. Optional: where it cannot be had it is said why, the run goes on, and that
# test is skipped.

browser_binary() { command -v chromium || command -v google-chrome || command -v chromium-browser; }

ensure_browser() {
  browser_binary >/dev/null || { (install_browser) && hash -r; } \
    || say "no browser (package chromium): downloading a dump with one will not be tested"
}

# apt_install ends the run where it fails: this is called in a shell of its own.
install_browser() {
  if ! has apt-get || ! as_root >/dev/null; then
    say "installing chromium needs apt-get as root (or sudo without password)"
    return 1
  fi
  # Ubuntu's package of that name is a snap's installer, which needs a running snapd.
  if apt-cache depends chromium 2>/dev/null | grep -q snapd; then
    say "chromium of this distribution is a snap"
    return 1
  fi
  (flock 9 && apt_install chromium) 9>"$cache/.locks/apt"
}
