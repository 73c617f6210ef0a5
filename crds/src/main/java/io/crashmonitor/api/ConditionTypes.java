package io.crashmonitor.api;

import java.util.List;

/** The conditions of a session: always all present, in this order. */
public final class ConditionTypes {
  /** Summary: the session does what its spec says. kstatus and Argo CD read it. */
  public static final String READY = "Ready";

  /** The operator is working on it and will go on by itself. */
  public static final String RECONCILING = "Reconciling";

  /** Nothing more happens until somebody acts. */
  public static final String STALLED = "Stalled";

  /** The target workload is there, is Windows, and can be injected. */
  public static final String TARGET_READY = "TargetReady";

  /** The storage account answers and is writable. */
  public static final String STORAGE_READY = "StorageReady";

  /** The workload's template carries the sidecar of this session. */
  public static final String INJECTED = "Injected";

  /** A debugger of ours is attached in at least one pod. */
  public static final String ATTACHED = "Attached";

  /** The run is over. */
  public static final String COMPLETED = "Completed";

  public static final List<String> ALL =
      List.of(
          READY, RECONCILING, STALLED, TARGET_READY, STORAGE_READY, INJECTED, ATTACHED, COMPLETED);

  private ConditionTypes() {}
}
