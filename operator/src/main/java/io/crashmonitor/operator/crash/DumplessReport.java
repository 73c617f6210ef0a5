package io.crashmonitor.operator.crash;

import io.crashmonitor.api.DumpState;
import io.crashmonitor.operator.inject.InjectedPod;
import io.crashmonitor.operator.storage.StoredCrash;
import io.crashmonitor.report.DumpReport;
import java.time.Duration;
import java.util.Optional;

/** The report of a crash that left no dump. Pure. */
public final class DumplessReport {
  private DumplessReport() {}

  /**
   * @param workload kind/name
   * @param osBuild of the pod's node
   */
  public static DumpReport of(
      CrashPicture.Unrecorded unrecorded,
      String sessionUid,
      String namespace,
      String workload,
      Optional<String> osBuild) {
    StoredCrash crash = unrecorded.crash();
    InjectedPod pod = unrecorded.pod();
    return new DumpReport(
        DumpReport.SCHEMA_VERSION,
        crash.id().value(),
        crash.runId(),
        sessionUid,
        namespace,
        workload,
        crash.pod(),
        crash.podUid(),
        pod.node(),
        crash.container(),
        pod.image(),
        crash.restartCount().orElse(null),
        crash.pid(),
        crash.process(),
        crash.processStart().orElse(null),
        crash.time(),
        crash.kind(),
        crash.exitCode().code(),
        crash.exitCodeSource(),
        null,
        null,
        DumpState.None,
        crash.kind().name(),
        null,
        null,
        null,
        null,
        osBuild.orElse(null),
        null,
        null,
        null,
        null,
        pod.imageId().orElse(null),
        null,
        crash.attachedAfter().map(Duration::toMillis).orElse(null));
  }
}
