package io.crashmonitor.operator;

import io.crashmonitor.operator.inject.ProcDumpSource;
import io.crashmonitor.operator.storage.BlobEndpoints;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The operator's configuration: its environment, validated whole at start. It holds no secret.
 *
 * @param namespace CRASH_MONITOR_NAMESPACE: the operator's own; default that of its service account
 * @param watchNamespaces CRASH_MONITOR_WATCH_NAMESPACES: comma separated; empty for all
 * @param sidecarImage CRASH_MONITOR_SIDECAR_IMAGE: required
 * @param clusterName CRASH_MONITOR_CLUSTER_NAME: in blob names; empty: from the kube-system uid
 * @param agentUrl CRASH_MONITOR_AGENT_URL: where agents find the operator; default {@code
 *     https://<CRASH_MONITOR_AGENT_SERVICE>.<namespace>.svc.<CRASH_MONITOR_CLUSTER_DOMAIN>:<port>}
 * @param serviceHost full name of the agent service
 * @param agentPort CRASH_MONITOR_AGENT_PORT: what the agent endpoint listens on (8443; 0: any)
 * @param healthPort CRASH_MONITOR_HEALTH_PORT (8081; 0: any)
 * @param blobEndpoints CRASH_MONITOR_BLOB_ENDPOINTS: {@code account=https://…} comma separated
 * @param procDumpLicenceAccepted CRASH_MONITOR_ACCEPT_PROCDUMP_LICENCE (false)
 * @param procDump CRASH_MONITOR_PROCDUMP_URL: where sidecars fetch ProcDump from, https, with the
 *     SHA-256 {@code <CRASH_MONITOR_PROCDUMP_SHA256>} of that file; default: it is in their image
 * @param imagePullSecrets CRASH_MONITOR_IMAGE_PULL_SECRETS: comma separated
 * @param storagePoll CRASH_MONITOR_STORAGE_POLL_SECONDS (60)
 * @param joinWait CRASH_MONITOR_JOIN_SECONDS (30): how long a crash waits for its other half
 * @param attachWait CRASH_MONITOR_ATTACH_SECONDS (300): how long nothing may be attached
 * @param breakerWait CRASH_MONITOR_BREAKER_SECONDS (120): how long an injection may fail
 * @param sidecarCpuRequest CRASH_MONITOR_SIDECAR_CPU_REQUEST (50m)
 * @param sidecarMemoryRequest CRASH_MONITOR_SIDECAR_MEMORY_REQUEST (96Mi)
 * @param sidecarMemoryLimit CRASH_MONITOR_SIDECAR_MEMORY_LIMIT (256Mi)
 */
public record OperatorConfig(
    String namespace,
    List<String> watchNamespaces,
    String sidecarImage,
    Optional<String> clusterName,
    URI agentUrl,
    String serviceHost,
    int agentPort,
    int healthPort,
    BlobEndpoints blobEndpoints,
    boolean procDumpLicenceAccepted,
    Optional<ProcDumpSource> procDump,
    List<String> imagePullSecrets,
    Duration storagePoll,
    Duration joinWait,
    Duration attachWait,
    Duration breakerWait,
    String sidecarCpuRequest,
    String sidecarMemoryRequest,
    String sidecarMemoryLimit) {
  private static final String PREFIX = "CRASH_MONITOR_";
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern CLUSTER = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,62})");
  private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern QUANTITY =
      Pattern.compile("[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?");

  public OperatorConfig {
    watchNamespaces = List.copyOf(watchNamespaces);
    imagePullSecrets = List.copyOf(imagePullSecrets);
  }

  /** A variable that cannot be used; the message names each, and what it should be. */
  public static final class Invalid extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Invalid(List<String> problems) {
      super(String.join(System.lineSeparator(), problems));
    }
  }

  /**
   * Reads all variables and reports all that are wrong at once.
   *
   * @param environment of the process
   * @param serviceAccountNamespace the namespace in the pod's service account folder, if there is
   *     one
   * @throws Invalid when one cannot be used
   */
  public static OperatorConfig from(
      Map<String, String> environment, Optional<String> serviceAccountNamespace) {
    Reader in = new Reader(environment);
    String namespace = in.matching("NAMESPACE", serviceAccountNamespace.orElse(""), LABEL);
    int agentPort = in.port("AGENT_PORT", 8443);
    String host =
        "%s.%s.svc.%s"
            .formatted(
                in.matching("AGENT_SERVICE", "crash-monitor-agent", LABEL),
                namespace,
                in.matching("CLUSTER_DOMAIN", "cluster.local", NAME));
    OperatorConfig config =
        new OperatorConfig(
            namespace,
            in.list("WATCH_NAMESPACES", LABEL),
            in.matching("SIDECAR_IMAGE", "", IMAGE),
            in.optional("CLUSTER_NAME", CLUSTER),
            in.https("AGENT_URL", "https://" + host + ":" + agentPort),
            host,
            agentPort,
            in.port("HEALTH_PORT", 8081),
            in.parsed("BLOB_ENDPOINTS", "", BlobEndpoints::parse, new BlobEndpoints(Map.of())),
            in.flag("ACCEPT_PROCDUMP_LICENCE"),
            in.procDump(),
            in.list("IMAGE_PULL_SECRETS", NAME),
            in.seconds("STORAGE_POLL_SECONDS", 60),
            in.seconds("JOIN_SECONDS", 30),
            in.seconds("ATTACH_SECONDS", 300),
            in.seconds("BREAKER_SECONDS", 120),
            in.matching("SIDECAR_CPU_REQUEST", "50m", QUANTITY),
            in.matching("SIDECAR_MEMORY_REQUEST", "96Mi", QUANTITY),
            in.matching("SIDECAR_MEMORY_LIMIT", "256Mi", QUANTITY));
    in.check();
    return config;
  }

  /** Reads variables, and collects what is wrong with them. */
  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    void check() {
      if (!problems.isEmpty()) {
        throw new Invalid(problems);
      }
    }

    String text(String name, String otherwise) {
      String value = environment.getOrDefault(PREFIX + name, "").strip();
      return value.isEmpty() ? otherwise : value;
    }

    String matching(String name, String otherwise, Pattern form) {
      String value = text(name, otherwise);
      if (value.isEmpty()) {
        problem(name, "is required");
      } else if (!form.matcher(value).matches()) {
        problem(name, "'" + value + "' is not of the form " + form);
      }
      return value;
    }

    Optional<String> optional(String name, Pattern form) {
      return text(name, "").isEmpty() ? Optional.empty() : Optional.of(matching(name, "", form));
    }

    List<String> list(String name, Pattern form) {
      List<String> values =
          Arrays.stream(text(name, "").split(","))
              .map(String::strip)
              .filter(v -> !v.isEmpty())
              .toList();
      values.stream()
          .filter(v -> !form.matcher(v).matches())
          .forEach(v -> problem(name, "'" + v + "' is not of the form " + form));
      return values;
    }

    int port(String name, int otherwise) {
      return (int) number(name, otherwise, 0, 65535);
    }

    Duration seconds(String name, int otherwise) {
      return Duration.ofSeconds(number(name, otherwise, 1, 86_400));
    }

    boolean flag(String name) {
      String value = text(name, "false");
      if (!value.equals("true") && !value.equals("false")) {
        problem(name, "'" + value + "' is neither true nor false");
      }
      return value.equals("true");
    }

    URI https(String name, String otherwise) {
      URI fallback = URI.create("https://localhost");
      return parsed(
          name,
          otherwise,
          text -> {
            try {
              URI uri = new URI(text);
              if (!"https".equals(uri.getScheme())
                  || uri.getHost() == null
                  || uri.getRawUserInfo() != null
                  || uri.getRawQuery() != null) {
                throw new IllegalArgumentException("'" + text + "' is not https://host:port");
              }
              return uri;
            } catch (URISyntaxException e) {
              throw new IllegalArgumentException("'" + text + "' is not https://host:port", e);
            }
          },
          fallback);
    }

    /** Both variables or none: a file that nobody vouches for is not run. */
    Optional<ProcDumpSource> procDump() {
      String url = text("PROCDUMP_URL", "");
      if (url.isEmpty() && text("PROCDUMP_SHA256", "").isEmpty()) {
        return Optional.empty();
      }
      if (url.isEmpty()) {
        problem("PROCDUMP_URL", "is required where the SHA-256 is given");
      }
      return Optional.of(
          new ProcDumpSource(
              https("PROCDUMP_URL", "https://localhost"), matching("PROCDUMP_SHA256", "", SHA256)));
    }

    <T> T parsed(String name, String otherwise, Function<String, T> parser, T onProblem) {
      try {
        return parser.apply(text(name, otherwise));
      } catch (IllegalArgumentException e) {
        problem(name, e.getMessage());
        return onProblem;
      }
    }

    private long number(String name, int otherwise, int least, int most) {
      String value = text(name, Integer.toString(otherwise));
      try {
        long number = Long.parseLong(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException notANumber) {
        // said below
      }
      problem(name, "'" + value + "' is not a whole number from " + least + " to " + most);
      return otherwise;
    }

    private void problem(String name, String what) {
      problems.add(PREFIX + name + " " + what);
    }
  }
}
