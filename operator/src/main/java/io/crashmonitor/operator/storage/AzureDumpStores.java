package io.crashmonitor.operator.storage;

import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.SecretRef;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens storage accounts with the Secrets of sessions. A Secret is read when a session's storage is
 * first used, again after five minutes, and after storage refused its key: there is no list or
 * watch on Secrets.
 */
public final class AzureDumpStores implements DumpStores {
  static final Duration SECRET_LIFE = Duration.ofMinutes(5);

  /** Reads one Secret. */
  @FunctionalInterface
  public interface Secrets {
    /** Its decoded data; empty when there is no such Secret. */
    Optional<Map<String, byte[]>> get(String namespace, String name);
  }

  private record Opened(AzureBlobStorage storage, DumpStore store, Instant until) {}

  private final Secrets secrets;
  private final BlobEndpoints endpoints;
  private final Clock clock;
  private final Map<String, Opened> opened = new ConcurrentHashMap<>();

  public AzureDumpStores(Secrets secrets, BlobEndpoints endpoints, Clock clock) {
    this.secrets = secrets;
    this.endpoints = endpoints;
    this.clock = clock;
  }

  @Override
  public DumpStore open(ResourceKey session, AzureBlobStorage storage) {
    Instant now = clock.instant();
    Opened known = opened.get(session.uid());
    if (known != null && known.storage().equals(storage) && now.isBefore(known.until())) {
      return known.store();
    }
    ConnectionString secret = secret(session, storage);
    DumpStore store =
        BlobDumpStore.open(endpoints.resolve(storage, secret), secret, storage.container());
    opened.put(session.uid(), new Opened(storage, store, now.plus(SECRET_LIFE)));
    return store;
  }

  @Override
  public void close(ResourceKey session) {
    opened.remove(session.uid());
  }

  private ConnectionString secret(ResourceKey session, AzureBlobStorage storage) {
    SecretRef ref = storage.auth() == null ? null : storage.auth().secretRef();
    if (ref == null) {
      throw new StorageFaultException(
          new StorageFault.NotYetSupported("spec.storage.azureBlob.auth.workloadIdentity"));
    }
    Map<String, byte[]> data =
        read(session, ref)
            .orElseThrow(
                () -> new StorageFaultException(new StorageFault.SecretNotFound(ref.name())));
    byte[] text = data.get(SecretRef.CONNECTION_STRING);
    if (text == null) {
      throw new StorageFaultException(
          new StorageFault.SecretInvalid(
              "Secret " + ref.name() + " has no key " + SecretRef.CONNECTION_STRING + ": add it"));
    }
    return ConnectionString.parse(new String(text, StandardCharsets.UTF_8));
  }

  private Optional<Map<String, byte[]>> read(ResourceKey session, SecretRef ref) {
    try {
      return secrets.get(session.namespace(), ref.name());
    } catch (RuntimeException e) {
      throw new StorageFaultException(
          new StorageFault.Unreachable(
              "Secret " + ref.name() + " cannot be read (" + e.getClass().getSimpleName() + ")"),
          e);
    }
  }
}
