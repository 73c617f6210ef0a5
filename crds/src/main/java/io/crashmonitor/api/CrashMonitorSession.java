package io.crashmonitor.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * Watches one Windows workload for crashes between a start and a stop time and stores a dump of
 * each, up to a maximum number, in Azure Blob Storage.
 *
 * <p>It is not a job: it never ends by itself other than by its stop time, its maximum or a
 * request, and it stays injected until it is disabled or deleted.
 */
@Group(CrashMonitorSession.GROUP)
@Version(CrashMonitorSession.VERSION)
@Kind(CrashMonitorSession.KIND)
@Plural(CrashMonitorSession.PLURAL)
@Singular("crashmonitorsession")
@ShortNames("cms")
@ValidationRule(
    value =
        "!has(oldSelf.status) || !has(oldSelf.status.phase) || !(oldSelf.status.phase in"
            + " ['Starting','Monitoring']) || self.spec.state != 'Monitoring' || self.spec.storage"
            + " == oldSelf.spec.storage",
    message =
        "spec.storage cannot change while a run is active: stop the session first (spec.state:"
            + " Stopped, or annotation crashmonitor.io/stop-requested-at)")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".spec.target.name")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Dumps", jsonPath = ".status.dumpCount", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Max", jsonPath = ".spec.maxDumps", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "Exit codes", jsonPath = ".status.exitCodes")
@AdditionalPrinterColumn(name = "Stop", jsonPath = ".status.run.stopTime")
@AdditionalPrinterColumn(name = "Age", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public final class CrashMonitorSession
    extends CustomResource<CrashMonitorSessionSpec, CrashMonitorSessionStatus>
    implements Namespaced {

  public static final String GROUP = "crashmonitor.io";
  public static final String VERSION = "v1alpha1";
  public static final String KIND = "CrashMonitorSession";
  public static final String PLURAL = "crashmonitorsessions";

  private static final long serialVersionUID = 1L;

  @Override
  @Required
  public CrashMonitorSessionSpec getSpec() {
    return super.getSpec();
  }

  /** The default keeps a session that was never reconciled from looking finished to kstatus. */
  @Override
  @Default("{\"observedGeneration\": -1}")
  public CrashMonitorSessionStatus getStatus() {
    return super.getStatus();
  }
}
