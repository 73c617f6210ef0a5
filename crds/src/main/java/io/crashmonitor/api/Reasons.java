package io.crashmonitor.api;

/**
 * Reasons of conditions. Each False or Unknown condition carries one, with the next step in its
 * message; {@code docs/troubleshooting.md} has an entry for each.
 */
public final class Reasons {
  /** Every condition that is as it should be and needs no word of its own. */
  public static final String AS_EXPECTED = "AsExpected";

  // Phases, as the reason of Ready.
  public static final String MONITORING = "Monitoring";
  public static final String STARTING = "Starting";
  public static final String SCHEDULED = "Scheduled";
  public static final String DISABLED = "Disabled";
  public static final String RELEASING = "Releasing";

  // Completion, as the reason of Ready and Completed.
  public static final String STOP_TIME_REACHED = "StopTimeReached";
  public static final String MAX_DUMPS_REACHED = "MaxDumpsReached";
  public static final String STOPPED = "Stopped";
  public static final String RUNNING = "Running";

  // The user's spec cannot work.
  public static final String STOP_TOO_FAR = "StopTooFar";
  public static final String STOP_BEFORE_START = "StopBeforeStart";
  public static final String CONTAINER_REQUIRED = "ContainerRequired";
  public static final String CONTAINER_NOT_FOUND = "ContainerNotFound";
  public static final String NOT_YET_SUPPORTED = "NotYetSupported";
  public static final String RUN_REFUSED = "RunRefused";
  public static final String REQUEST_INVALID = "RequestInvalid";

  // Something of the user's is not there yet.
  public static final String TARGET_NOT_FOUND = "TargetNotFound";
  public static final String SECRET_NOT_FOUND = "SecretNotFound";
  public static final String SECRET_INVALID = "SecretInvalid";
  public static final String STORAGE_UNREACHABLE = "StorageUnreachable";
  public static final String STORAGE_DENIED = "StorageDenied";
  public static final String ENDPOINT_NOT_ALLOWED = "EndpointNotAllowed";

  // Blocked.
  public static final String REMOTE_DEBUGGING = "RemoteDebugging";
  public static final String OLDER_SESSION = "OlderSession";
  public static final String HOOK_IN_USE = "HookInUse";
  public static final String FIELD_CONFLICT = "FieldConflict";
  public static final String NOT_WINDOWS = "NotWindows";
  public static final String CLUSTER_TOO_OLD = "ClusterTooOld";
  public static final String LICENCE_NOT_ACCEPTED = "LicenceNotAccepted";

  // Failed.
  public static final String INJECTION_FAILED = "InjectionFailed";
  public static final String HEAL_LIMIT_REACHED = "HealLimitReached";

  // The definition in the cluster is older than the operator.
  public static final String DEFINITION_OUTDATED = "DefinitionOutdated";

  // The operator itself cannot go on, such as for want of a permission.
  public static final String OPERATOR_ERROR = "OperatorError";

  // Injection and attachment.
  public static final String INJECTED = "Injected";
  public static final String NOT_INJECTED = "NotInjected";
  public static final String SIDECAR_OUTDATED = "SidecarOutdated";
  public static final String ROLLOUT_IN_PROGRESS = "RolloutInProgress";
  public static final String WAITING_FOR_RESTART = "WaitingForRestart";
  public static final String ATTACHED = "Attached";
  public static final String RUNTIME_WRITES_DUMPS = "RuntimeWritesDumps";
  public static final String NOTHING_ATTACHED = "NothingAttached";
  public static final String NO_REPLICAS = "NoReplicas";
  public static final String AGENT_UNREACHABLE = "AgentUnreachable";
  public static final String DISK_LOW = "DiskLow";
  public static final String NOT_CHECKED = "NotChecked";

  private Reasons() {}
}
