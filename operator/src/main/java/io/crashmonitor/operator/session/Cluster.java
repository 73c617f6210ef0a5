package io.crashmonitor.operator.session;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of the cluster decides whether it can run native sidecars, and what reports tell of it.
 *
 * @param server version of the API server; empty when unknown
 * @param kubelets versions of the Windows nodes' kubelets
 * @param osBuilds of the Windows nodes, by name, such as 10.0.20348.2402
 * @param served what its definition of a session has of our fields
 */
record Cluster(
    Optional<Version> server,
    List<Version> kubelets,
    Map<String, String> osBuilds,
    ServedFields served) {
  /** Native sidecars are on by default from here. */
  public static final Version OLDEST = new Version(1, 29);

  private static final Pattern FORM = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4}).*");

  public Cluster {
    kubelets = List.copyOf(kubelets);
    osBuilds = Map.copyOf(osBuilds);
  }

  Optional<String> osBuild(String node) {
    return Optional.ofNullable(osBuilds.get(node));
  }

  /** A version of Kubernetes, without its patch. */
  public record Version(int major, int minor) implements Comparable<Version> {
    private static final Comparator<Version> ORDER =
        Comparator.comparingInt(Version::major).thenComparingInt(Version::minor);

    /** Reads v1.33.4, 1.33+ and the like. */
    public static Optional<Version> parse(String text) {
      Matcher m = FORM.matcher(text == null ? "" : text);
      return m.matches()
          ? Optional.of(new Version(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2))))
          : Optional.empty();
    }

    @Override
    public int compareTo(Version other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /** What is too old, in words with the next step. */
  Optional<String> tooOld() {
    if (server.filter(v -> v.compareTo(OLDEST) < 0).isPresent()) {
      return Optional.of(
          "the cluster is Kubernetes "
              + server.orElseThrow()
              + "; the sidecar needs "
              + OLDEST
              + " or newer: upgrade the cluster");
    }
    return kubelets.stream()
        .min(Comparator.naturalOrder())
        .filter(v -> v.compareTo(OLDEST) < 0)
        .map(
            v ->
                "a Windows node runs kubelet "
                    + v
                    + ", which would never start the app behind the sidecar; "
                    + OLDEST
                    + " or newer is needed: upgrade the Windows nodes");
  }
}
