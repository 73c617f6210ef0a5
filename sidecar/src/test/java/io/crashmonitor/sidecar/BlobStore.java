package io.crashmonitor.sidecar;

import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import io.crashmonitor.agent.CompletionVerdict;
import io.crashmonitor.agent.CompletionVerdict.Outcome;
import io.crashmonitor.agent.DumpCompletion;
import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.testbed.controlplane.Azurite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.zip.GZIPInputStream;

/** A container of real (emulated) storage, and what the operator does with it. */
public final class BlobStore {
  private final BlobContainerClient container;

  public BlobStore(Azurite azurite, String container) {
    this.container = azurite.client().createBlobContainerIfNotExists(container);
  }

  /** A place for one blob: create and write, nothing else. */
  public Granted grant(String blob) {
    Instant expires = Instant.now().plusSeconds(3600);
    BlobSasPermission permission =
        new BlobSasPermission().setCreatePermission(true).setWritePermission(true);
    BlobClient client = container.getBlobClient(blob);
    String sas =
        client.generateSas(
            new BlobServiceSasSignatureValues(
                OffsetDateTime.ofInstant(expires, ZoneOffset.UTC), permission));
    return new Granted(blob, client.getBlobUrl() + "?" + sas, expires);
  }

  /** What a person is given to download a blob with. */
  public String link(String blob) {
    BlobClient client = container.getBlobClient(blob);
    return client.getBlobUrl()
        + "?"
        + client.generateSas(
            new BlobServiceSasSignatureValues(
                OffsetDateTime.now(ZoneOffset.UTC).plusHours(1),
                new BlobSasPermission().setReadPermission(true)));
  }

  /** The verdict on a completion, as the operator's: length and metadata must agree. */
  public CompletionVerdict verdict(String blob, DumpCompletion completion) {
    BlobClient client = container.getBlobClient(blob);
    boolean stored =
        client.exists()
            && client.getProperties().getBlobSize() == completion.length()
            && completion.sha256().equals(client.getProperties().getMetadata().get("sha256"));
    return new CompletionVerdict(
        stored ? Outcome.Stored : Outcome.UploadAgain, stored ? "" : "not as announced");
  }

  public boolean exists(String blob) {
    return container.getBlobClient(blob).exists();
  }

  public BlobProperties properties(String blob) {
    return container.getBlobClient(blob).getProperties();
  }

  public byte[] stored(String blob) {
    return container.getBlobClient(blob).downloadContent().toBytes();
  }

  /** As a browser shows it, which honours Content-Encoding. */
  public byte[] downloaded(String blob) {
    byte[] stored = stored(blob);
    if (!"gzip".equals(properties(blob).getContentEncoding())) {
      return stored;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(stored))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
