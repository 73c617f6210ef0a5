package io.crashmonitor.operator.storage;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DeleteSnapshotsOptionType;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.sas.BlobSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import com.azure.storage.common.sas.SasProtocol;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A container in Azure Blob Storage, signed in with the account's key. The only place that knows
 * Azure's library.
 */
final class BlobDumpStore implements DumpStore {
  private static final Duration CALL = Duration.ofSeconds(45);
  private static final RequestRetryOptions RETRIES =
      new RequestRetryOptions(
          RetryPolicyType.EXPONENTIAL,
          3,
          Duration.ofSeconds(15),
          Duration.ofMillis(200),
          Duration.ofSeconds(2),
          null);
  private static final int PAGE = 1000;

  /** One for all accounts: the JDK's client, that follows no redirects. */
  private static final HttpClient HTTP =
      new JdkHttpClientBuilder()
          .connectionTimeout(Duration.ofSeconds(10))
          .responseTimeout(Duration.ofSeconds(15))
          .build();

  private final BlobContainerClient container;
  private final SasProtocol protocol;

  private BlobDumpStore(BlobContainerClient container, SasProtocol protocol) {
    this.container = container;
    this.protocol = protocol;
  }

  /** Signs in, and makes the container where it is missing. */
  static BlobDumpStore open(URI endpoint, ConnectionString secret, String containerName) {
    BlobContainerClient container =
        new BlobServiceClientBuilder()
            .endpoint(endpoint.toString())
            .credential(new StorageSharedKeyCredential(secret.account(), secret.key()))
            .httpClient(HTTP)
            .retryOptions(RETRIES)
            .buildClient()
            .getBlobContainerClient(containerName);
    call(
        containerName,
        "create container " + containerName,
        () -> container.createIfNotExistsWithResponse(null, CALL, Context.NONE));
    return new BlobDumpStore(
        container,
        BlobEndpoints.httpsOnly(endpoint) ? SasProtocol.HTTPS_ONLY : SasProtocol.HTTPS_HTTP);
  }

  @Override
  public Optional<Content> read(String blob, int limit) {
    return call(
        container.getBlobContainerName(),
        "read " + blob,
        () -> {
          try {
            BoundedBytes bytes = new BoundedBytes(blob, limit);
            String etag =
                container
                    .getBlobClient(blob)
                    .downloadStreamWithResponse(
                        bytes,
                        null,
                        new DownloadRetryOptions().setMaxRetryRequests(0),
                        null,
                        false,
                        CALL,
                        Context.NONE)
                    .getDeserializedHeaders()
                    .getETag();
            return Optional.of(new Content(bytes.toByteArray(), etag));
          } catch (BlobStorageException e) {
            return absent(e);
          }
        });
  }

  @Override
  public Optional<Facts> stat(String blob) {
    return call(
        container.getBlobContainerName(),
        "look for " + blob,
        () -> {
          try {
            BlobProperties p =
                container
                    .getBlobClient(blob)
                    .getPropertiesWithResponse(null, CALL, Context.NONE)
                    .getValue();
            return Optional.of(new Facts(blob, p.getBlobSize(), p.getMetadata(), p.getETag()));
          } catch (BlobStorageException e) {
            return absent(e);
          }
        });
  }

  @Override
  public boolean create(String blob, byte[] json, Map<String, String> metadata) {
    return put(blob, json, metadata, new BlobRequestConditions().setIfNoneMatch("*"));
  }

  @Override
  public boolean replace(String blob, byte[] json, Map<String, String> metadata, String etag) {
    return put(blob, json, metadata, new BlobRequestConditions().setIfMatch(etag));
  }

  private boolean put(
      String blob, byte[] json, Map<String, String> metadata, BlobRequestConditions conditions) {
    return call(
        container.getBlobContainerName(),
        "write " + blob,
        () -> {
          try {
            container
                .getBlobClient(blob)
                .getBlockBlobClient()
                .uploadWithResponse(
                    new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(json))
                        .setHeaders(new BlobHttpHeaders().setContentType("application/json"))
                        .setMetadata(metadata)
                        .setRequestConditions(conditions),
                    CALL,
                    Context.NONE);
            return true;
          } catch (BlobStorageException e) {
            if (e.getStatusCode() == 409 && e.getErrorCode() == BlobErrorCode.BLOB_ALREADY_EXISTS
                || e.getStatusCode() == 412) {
              return false;
            }
            throw e;
          }
        });
  }

  @Override
  public void delete(String blob, String etag) {
    call(
        container.getBlobContainerName(),
        "delete " + blob,
        () ->
            container
                .getBlobClient(blob)
                .deleteIfExistsWithResponse(
                    DeleteSnapshotsOptionType.INCLUDE,
                    new BlobRequestConditions().setIfMatch(etag),
                    CALL,
                    Context.NONE));
  }

  @Override
  public Listing list(String prefix, int limit) {
    ListBlobsOptions options =
        new ListBlobsOptions()
            .setPrefix(prefix)
            .setDetails(new BlobListDetails().setRetrieveMetadata(true))
            .setMaxResultsPerPage(Math.min(PAGE, limit));
    return call(
        container.getBlobContainerName(),
        "list " + prefix,
        () -> {
          List<Facts> blobs = new ArrayList<>();
          for (PagedResponse<BlobItem> page : container.listBlobs(options, CALL).iterableByPage()) {
            for (BlobItem item : page.getElements()) {
              if (blobs.size() == limit) {
                return new Listing(blobs, false);
              }
              blobs.add(facts(item));
            }
          }
          return new Listing(blobs, true);
        });
  }

  @Override
  public List<String> folders(String prefix, int limit) {
    ListBlobsOptions options =
        new ListBlobsOptions().setPrefix(prefix).setMaxResultsPerPage(Math.min(PAGE, limit));
    return call(
        container.getBlobContainerName(),
        "list folders of " + prefix,
        () ->
            container.listBlobsByHierarchy("/", options, CALL).stream()
                .limit(limit)
                .filter(item -> Boolean.TRUE.equals(item.isPrefix()))
                .map(BlobItem::getName)
                .toList());
  }

  @Override
  public URI writeLink(String blob, Instant expires) {
    return link(
        blob, expires, new BlobSasPermission().setCreatePermission(true).setWritePermission(true));
  }

  @Override
  public URI readLink(String blob, Instant expires) {
    return link(blob, expires, new BlobSasPermission().setReadPermission(true));
  }

  private URI link(String blob, Instant expires, BlobSasPermission permission) {
    BlobServiceSasSignatureValues values =
        new BlobServiceSasSignatureValues(expires.atOffset(ZoneOffset.UTC), permission)
            .setProtocol(protocol);
    var client = container.getBlobClient(blob);
    return URI.create(client.getBlobUrl() + "?" + client.generateSas(values));
  }

  private static Facts facts(BlobItem item) {
    Long length = item.getProperties().getContentLength();
    return new Facts(
        item.getName(),
        length == null ? 0 : length,
        item.getMetadata() == null ? Map.of() : Map.copyOf(item.getMetadata()),
        item.getProperties().getETag());
  }

  private static <T> Optional<T> absent(BlobStorageException e) {
    if (e.getStatusCode() == 404 && e.getErrorCode() != BlobErrorCode.CONTAINER_NOT_FOUND) {
      return Optional.empty();
    }
    throw e;
  }

  /** Every call to the service: its failures become words. */
  private static <T> T call(String containerName, String attempt, Supplier<T> request) {
    try {
      return request.get();
    } catch (StorageFaultException said) {
      throw said;
    } catch (BlobStorageException e) {
      if (e.getErrorCode() == BlobErrorCode.CONTAINER_NOT_FOUND
          || e.getErrorCode() == BlobErrorCode.CONTAINER_BEING_DELETED) {
        throw new StorageFaultException(new StorageFault.Absent(containerName), e);
      }
      String why =
          "storage answered %d %s to: %s"
              .formatted(
                  e.getStatusCode(), e.getErrorCode() == null ? "" : e.getErrorCode(), attempt);
      throw new StorageFaultException(
          e.getStatusCode() == 401 || e.getStatusCode() == 403
              ? new StorageFault.Denied(why)
              : new StorageFault.Unreachable(why),
          e);
    } catch (RuntimeException e) {
      throw new StorageFaultException(
          new StorageFault.Unreachable(
              "no answer from storage (" + rootName(e) + ") to: " + attempt),
          e);
    }
  }

  private static String rootName(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName();
  }
}
