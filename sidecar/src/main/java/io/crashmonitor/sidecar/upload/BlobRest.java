package io.crashmonitor.sidecar.upload;

import io.crashmonitor.agent.AgentProtocol;
import io.crashmonitor.api.Compression;
import io.crashmonitor.sidecar.operator.RetryAfter;
import io.crashmonitor.sidecar.upload.StorageReply.BlocksGone;
import io.crashmonitor.sidecar.upload.StorageReply.Denied;
import io.crashmonitor.sidecar.upload.StorageReply.Done;
import io.crashmonitor.sidecar.upload.StorageReply.Exists;
import io.crashmonitor.sidecar.upload.StorageReply.Later;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The two calls of the Blob service that an upload needs ("Put Block" and "Put Block List" of its
 * REST reference). The URL with its signature is a secret: it stands in no message of this class.
 */
public final class BlobRest {
  /**
   * Time enough for a block over a line of 15 kB/s; a commit takes longer than a block at times.
   */
  public static final Duration USUAL_LIMIT = Duration.ofMinutes(5);

  private final HttpClient http;
  private final Duration limit;

  /**
   * @param limit of a call, until its answer is there
   */
  public BlobRest(HttpClient http, Duration limit) {
    this.http = http;
    this.limit = limit;
  }

  /**
   * Stages a block.
   *
   * @param url the granted URL
   */
  CompletableFuture<StorageReply> putBlock(String url, Block block) {
    return send(
        url,
        "comp=block&blockid=" + URLEncoder.encode(block.base64Id(), StandardCharsets.US_ASCII),
        request ->
            request
                .header("Content-MD5", Base64.getEncoder().encodeToString(block.md5()))
                .PUT(BodyPublishers.ofByteArray(block.bytes(), 0, block.length())));
  }

  /**
   * Makes the blob of its blocks.
   *
   * @param overwrite whether a blob of the name may be replaced
   */
  CompletableFuture<StorageReply> putBlockList(
      String url, List<String> base64Ids, BlobProperties properties, boolean overwrite) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    base64Ids.forEach(id -> xml.append("<Uncommitted>").append(id).append("</Uncommitted>"));
    xml.append("</BlockList>");
    return send(
        url,
        "comp=blocklist",
        request -> {
          request.header("x-ms-blob-content-type", "application/octet-stream");
          request.header(
              "x-ms-blob-content-disposition",
              "attachment; filename=\"" + properties.fileName() + "\"");
          if (properties.compression() == Compression.Gzip) {
            request.header("x-ms-blob-content-encoding", "gzip");
          }
          request.header("x-ms-meta-" + AgentProtocol.SHA256, properties.sha256());
          if (!overwrite) {
            request.header("If-None-Match", "*");
          }
          request.header("Content-Type", "application/xml");
          return request.PUT(BodyPublishers.ofString(xml.toString()));
        });
  }

  private interface Shape {
    HttpRequest.Builder apply(HttpRequest.Builder request);
  }

  private CompletableFuture<StorageReply> send(String url, String query, Shape shape) {
    Optional<URI> target = target(url, query);
    if (target.isEmpty()) {
      return CompletableFuture.completedFuture(
          new Denied("the granted place is no https URL with a signature"));
    }
    HttpRequest request = shape.apply(HttpRequest.newBuilder(target.get()).timeout(limit)).build();
    // The request's own limit ends with the answer's head; its body must come in time too.
    return http.sendAsync(request, BodyHandlers.discarding())
        .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(BlobRest::reply)
        .exceptionally(e -> away(target.get(), e));
  }

  private static Optional<URI> target(String url, String query) {
    try {
      URI uri = URI.create(url + "&" + query);
      boolean safe = "https".equals(uri.getScheme()) || isLoopback(uri);
      return safe && uri.getHost() != null && url.indexOf('?') > 0
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException itsMessageHoldsTheUrl) {
      return Optional.empty();
    }
  }

  // Plain HTTP would show the signature to the network; the emulator on this machine is no network.
  private static boolean isLoopback(URI uri) {
    try {
      return uri.getHost() != null && InetAddress.getByName(uri.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static StorageReply reply(HttpResponse<Void> response) {
    int status = response.statusCode();
    String code = response.headers().firstValue("x-ms-error-code").orElse("");
    String why = "storage answered " + status + (code.isEmpty() ? "" : " " + safe(code));
    if (status / 100 == 2) {
      return new Done();
    }
    return switch (status) {
      case 401, 403 -> new Denied(why);
      case 409, 412 ->
          code.equals("BlobAlreadyExists") || status == 412
              ? new Exists()
              : new Later(why, Optional.empty());
      case 400 ->
          code.startsWith("InvalidBlock") || code.equals("InvalidBlobOrBlock")
              ? new BlocksGone(why)
              : new Later(why, Optional.empty());
      default -> new Later(why, RetryAfter.of(response));
    };
  }

  private static StorageReply away(URI target, Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    return new Later(
        "no answer from storage at "
            + target.getAuthority()
            + ": "
            + cause.getClass().getSimpleName(),
        Optional.empty());
  }

  private static String safe(String code) {
    return code.replaceAll("[^A-Za-z0-9]", "");
  }
}
