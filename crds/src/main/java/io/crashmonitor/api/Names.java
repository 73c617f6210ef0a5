package io.crashmonitor.api;

/**
 * Names that users, tools and the parts of the project share. They are contracts: workloads out
 * there carry them.
 */
public final class Names {
  /** Field manager of everything the operator applies to a workload. */
  public static final String FIELD_MANAGER = "crashmonitor-operator";

  /** The native sidecar in the pod template. */
  public static final String SIDECAR = "crash-monitor-agent";

  /** The emptyDir that app and sidecar share, and where it is mounted. */
  public static final String VOLUME = "crash-monitor";

  public static final String MOUNT_PATH = "C:\\crash-monitor";

  /** The projected volume with the pod-bound token and the CA; the sidecar's alone. */
  public static final String IDENTITY_VOLUME = "crash-monitor-identity";

  public static final String IDENTITY_MOUNT_PATH = "C:\\crash-monitor-identity";
  public static final String TOKEN_FILE = "token";
  public static final String CA_FILE = "ca.crt";

  /** ConfigMap with the agent endpoint's CA, kept in each namespace with an active session. */
  public static final String CA_CONFIG_MAP = "crash-monitor-ca";

  /** Audience of the pod-bound token; a token for anything else is refused. */
  public static final String AUDIENCE = "crashmonitor.io";

  /** Label on the pod template: the uid of the session that injected it. */
  public static final String SESSION_UID_LABEL = "crashmonitor.io/session-uid";

  /** Annotations on a session; values are RFC 3339 times, at most five minutes ahead. */
  public static final String STOP_REQUESTED_AT = "crashmonitor.io/stop-requested-at";

  public static final String RUN_REQUESTED_AT = "crashmonitor.io/run-requested-at";
  public static final String DISABLE_REQUESTED_AT = "crashmonitor.io/disable-requested-at";

  /** Annotation on a workload's or a pod's own metadata: monitoring steps back while "true". */
  public static final String REMOTE_DEBUGGING = "crashmonitor.io/remote-debugging";

  /** Condition on pods: a debugger of ours is attached. */
  public static final String POD_ATTACHED_CONDITION = "crashmonitor.io/Attached";

  /** Environment of the sidecar. */
  public static final String ENV_AGENT_URL = "CRASH_MONITOR_AGENT_URL";

  public static final String ENV_SESSION_UID = "CRASH_MONITOR_SESSION_UID";
  public static final String ENV_CONTAINER = "CRASH_MONITOR_CONTAINER";

  /** Where the sidecar fetches ProcDump from, when its image has none, and the file's SHA-256. */
  public static final String ENV_PROCDUMP_URL = "CRASH_MONITOR_PROCDUMP_URL";

  public static final String ENV_PROCDUMP_SHA256 = "CRASH_MONITOR_PROCDUMP_SHA256";

  /** The engine that the pod was injected for; absent for ProcDump. */
  public static final String ENV_ENGINE = "CRASH_MONITOR_ENGINE";

  private Names() {}
}
