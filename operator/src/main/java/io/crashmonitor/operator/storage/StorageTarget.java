package io.crashmonitor.operator.storage;

import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.AzureCloud;
import io.crashmonitor.api.Run;
import io.crashmonitor.report.BlobLayout;

/**
 * Where the dumps of a session's current run lie, and how many it may store.
 *
 * @param storage from the session's spec; its Secret is in the session's namespace
 * @param layout names of the workload's blobs
 * @param run names the ledger
 * @param maxDumps places of the run
 */
public record StorageTarget(
    ResourceKey session, AzureBlobStorage storage, BlobLayout layout, Run run, int maxDumps) {
  /** The place in words, for status: whoever signs in, it is the same. */
  public static String place(AzureBlobStorage storage) {
    String words = storage.account() + "/" + storage.container() + "/" + storage.prefix();
    return storage.cloud() == AzureCloud.Public ? words : words + " (" + storage.cloud() + ")";
  }

  /** The same place for another run, of which only the ledger's name is needed. */
  StorageTarget ofRun(String runId) {
    return new StorageTarget(session, storage, layout, new Run(runId, null, null), maxDumps);
  }

  /** The ledger of the run. */
  public String ledger() {
    return layout.ledger(run.id());
  }
}
