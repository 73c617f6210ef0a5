package io.crashmonitor.sidecar;

import io.crashmonitor.api.Names;
import io.crashmonitor.sidecar.procdump.ProcDumpSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the agent is told by its environment, checked as a whole before anything starts.
 *
 * @param root the volume shared with the app's container
 * @param identity folder with {@code token} and {@code ca.crt}
 * @param agentUrl the operator's agent endpoint, https
 * @param podUid uid of the pod, the first part of every crash id
 * @param drainLimit how long a drain may take before what is left is reported as lost; empty for
 *     what the pod's grace period leaves
 * @param diskPercent least free part of the volume, below which nothing is captured
 * @param procDump where to fetch ProcDump from; empty: it is in the image
 */
public record SidecarConfig(
    Path root,
    Path identity,
    URI agentUrl,
    String sessionUid,
    String container,
    String podNamespace,
    String podName,
    String podUid,
    String node,
    Optional<Duration> drainLimit,
    int diskPercent,
    Optional<ProcDumpSource> procDump) {
  static final String ROOT = "CRASH_MONITOR_ROOT";
  static final String IDENTITY = "CRASH_MONITOR_IDENTITY";
  static final String DRAIN_SECONDS = "CRASH_MONITOR_DRAIN_SECONDS";
  static final String DISK_PERCENT = "CRASH_MONITOR_DISK_PERCENT";
  private static final int DEFAULT_DISK_PERCENT = 15;

  /** The environment cannot be used; the message names every variable at fault. */
  public static final class Invalid extends Exception {
    Invalid(List<String> faults) {
      super("the environment of the agent is not usable: " + String.join("; ", faults));
    }
  }

  /** Reads the environment. */
  public static SidecarConfig from(Map<String, String> environment) throws Invalid {
    Reader reader = new Reader(environment);
    SidecarConfig config =
        new SidecarConfig(
            Path.of(reader.text(ROOT, Names.MOUNT_PATH)),
            Path.of(reader.text(IDENTITY, Names.IDENTITY_MOUNT_PATH)),
            reader.https(Names.ENV_AGENT_URL),
            reader.required(Names.ENV_SESSION_UID),
            reader.required(Names.ENV_CONTAINER),
            reader.required("POD_NAMESPACE"),
            reader.required("POD_NAME"),
            reader.required("POD_UID"),
            reader.text("NODE_NAME", ""),
            reader
                .find(DRAIN_SECONDS)
                .map(given -> Duration.ofSeconds(reader.number(DRAIN_SECONDS, 0, 0, 3600))),
            reader.number(DISK_PERCENT, DEFAULT_DISK_PERCENT, 0, 90),
            reader.procDump());
    if (!reader.faults.isEmpty()) {
      throw new Invalid(reader.faults);
    }
    return config;
  }

  private record Reader(Map<String, String> environment, List<String> faults) {
    Reader(Map<String, String> environment) {
      this(environment, new ArrayList<>());
    }

    String text(String name, String otherwise) {
      return find(name).orElse(otherwise);
    }

    String required(String name) {
      return find(name).orElseGet(() -> fault(name + " is not set", ""));
    }

    /** Both variables or none: a file that nobody vouches for is not run. */
    Optional<ProcDumpSource> procDump() {
      if (find(Names.ENV_PROCDUMP_URL).isEmpty() && find(Names.ENV_PROCDUMP_SHA256).isEmpty()) {
        return Optional.empty();
      }
      URI url = https(Names.ENV_PROCDUMP_URL);
      String sha256 = required(Names.ENV_PROCDUMP_SHA256);
      if (!sha256.isEmpty() && !ProcDumpSource.SHA256.matcher(sha256).matches()) {
        return fault(
            Names.ENV_PROCDUMP_SHA256 + " must be 64 hexadecimal digits, not '" + sha256 + "'",
            Optional.empty());
      }
      return Optional.of(new ProcDumpSource(url, sha256));
    }

    URI https(String name) {
      String text = required(name);
      try {
        URI uri = URI.create(text);
        if (text.isEmpty() || ("https".equals(uri.getScheme()) && uri.getHost() != null)) {
          return uri;
        }
      } catch (IllegalArgumentException notAUri) {
        // Said below, as for every other value that is no https URL.
      }
      return fault(name + " must be an https URL with a host, not '" + text + "'", URI.create(""));
    }

    int number(String name, int otherwise, int least, int most) {
      String text = text(name, Integer.toString(otherwise));
      try {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException notANumber) {
        // Said below.
      }
      return fault(
          name + " must be a whole number of " + least + " to " + most + ", not '" + text + "'",
          otherwise);
    }

    private Optional<String> find(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(t -> !t.isEmpty());
    }

    private <T> T fault(String text, T instead) {
      faults.add(text);
      return instead;
    }
  }
}
