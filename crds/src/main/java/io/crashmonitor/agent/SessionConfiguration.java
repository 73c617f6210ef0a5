package io.crashmonitor.agent;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.crashmonitor.api.CaptureEngine;
import io.crashmonitor.api.DumpSettings;
import java.time.Instant;

/**
 * What a session wants of an agent now. The agent keeps the last one it got, and its stop time,
 * while the operator is away.
 *
 * @param runId the run that new dumps belong to
 * @param armed whether to attach
 * @param disarmedReason why not; empty when armed. Scheduled, StopTimeReached, BudgetUsed, Stopped,
 *     RemoteDebugging, Disabled
 * @param stopTime when to disarm without being told; null when unknown
 * @param process pattern of the process to watch; empty for the entry process and its children
 * @param engine ProcDump or CreateDump, as the agent's own pod was injected; null means ProcDump
 * @param licenceAccepted whether the installation accepted the Sysinternals licence
 * @param gracePeriodSeconds of the agent's pod, between the request for its end and its end; null
 *     means Kubernetes' default of 30
 * @param placesLeft dumps that the run may still store, as last counted; one that is on its way has
 *     its place. Null when nobody has counted yet
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SessionConfiguration(
    String runId,
    boolean armed,
    String disarmedReason,
    Instant stopTime,
    String process,
    DumpSettings dump,
    CaptureEngine engine,
    boolean licenceAccepted,
    Integer gracePeriodSeconds,
    Integer placesLeft) {

  /** What a session wants of all its agents, whatever their pods are; places uncounted. */
  public SessionConfiguration(
      String runId,
      boolean armed,
      String disarmedReason,
      Instant stopTime,
      String process,
      DumpSettings dump,
      CaptureEngine engine,
      boolean licenceAccepted) {
    this(
        runId, armed, disarmedReason, stopTime, process, dump, engine, licenceAccepted, null, null);
  }

  /** The same with so many places left. */
  public SessionConfiguration withPlacesLeft(int places) {
    return new SessionConfiguration(
        runId,
        armed,
        disarmedReason,
        stopTime,
        process,
        dump,
        engine,
        licenceAccepted,
        gracePeriodSeconds,
        places);
  }

  /** The same for the agent of one pod that was injected for this engine. */
  public SessionConfiguration inPod(int gracePeriod) {
    return inPod(gracePeriod, engine);
  }

  /**
   * The same for the agent of one pod.
   *
   * @param itsEngine what the pod was injected for: pods of an older template go on as they began
   */
  public SessionConfiguration inPod(int gracePeriod, CaptureEngine itsEngine) {
    return new SessionConfiguration(
        runId,
        armed,
        disarmedReason,
        stopTime,
        process,
        dump,
        itsEngine,
        licenceAccepted,
        gracePeriod,
        placesLeft);
  }
}
