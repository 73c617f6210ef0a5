package io.crashmonitor.operator.storage;

import io.crashmonitor.api.AzureBlobStorage;
import java.util.function.Function;

/** Opens the storage a session names. */
public interface DumpStores {
  /**
   * Signed in with the session's Secret; the container is made where it is missing.
   *
   * @throws StorageFaultException when the Secret or the account is not usable
   */
  DumpStore open(ResourceKey session, AzureBlobStorage storage);

  /** Forgets what was opened for a session, so that the next use reads its Secret again. */
  void close(ResourceKey session);

  /**
   * Does something with a session's storage. When storage does not take what was opened (its key
   * was rotated, its container deleted), it is opened anew and done once more.
   */
  default <T> T use(StorageTarget target, Function<DumpStore, T> work) {
    try {
      return work.apply(open(target.session(), target.storage()));
    } catch (StorageFaultException e) {
      close(target.session());
      if (e.fault() instanceof StorageFault.Denied || e.fault() instanceof StorageFault.Absent) {
        return work.apply(open(target.session(), target.storage()));
      }
      throw e;
    }
  }
}
