package io.crashmonitor.sidecar.procdump;

import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.operator.BoundedBody;
import io.crashmonitor.sidecar.supervisor.HelperState;
import io.crashmonitor.sidecar.volume.AtomicFile;
import io.crashmonitor.sidecar.volume.PlainFiles;
import io.crashmonitor.sidecar.volume.VolumeLayout;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * Fetches ProcDump into the volume, where the helper takes it from; tries again until it is there.
 * The helper looks for it by itself, so nobody is told when it has come.
 */
public final class ProcDumpFetch implements Runnable {
  /** What the operator is told instead of the helper's ProcDumpMissing. */
  public static final String NOT_FETCHED = "ProcDumpNotFetched";

  private static final Logger LOG = Logger.getLogger(ProcDumpFetch.class.getName());
  private static final String MISSING = "ProcDumpMissing";
  private static final Duration WHOLE_ANSWER = Duration.ofMinutes(2);
  private static final int MARK_LIMIT = 200;

  private final ProcDumpSource source;
  private final VolumeLayout volume;
  private final HttpClient http;
  private final BackOff backOff;
  private final RandomGenerator random;
  private volatile String trouble = "";

  /**
   * @param http must not follow redirects to plain http
   */
  public ProcDumpFetch(
      ProcDumpSource source,
      VolumeLayout volume,
      HttpClient http,
      BackOff backOff,
      RandomGenerator random) {
    this.source = source;
    this.volume = volume;
    this.http = http;
    this.backOff = backOff;
    this.random = random;
  }

  /** Ends when ProcDump is there, or when interrupted. */
  @Override
  public void run() {
    try {
      for (int failures = 1; !fetched(); failures++) {
        TimeUnit.MILLISECONDS.sleep(backOff.delay(failures, random).toMillis());
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }

  /** The helper's state, and why ProcDump is missing where that is what it says. */
  public HelperState explained(HelperState helper) {
    return trouble.isEmpty() || !MISSING.equals(helper.reason())
        ? helper
        : helper.because(NOT_FETCHED, trouble);
  }

  private boolean fetched() throws InterruptedException {
    try {
      if (!isThere()) {
        byte[] program = ProcDumpProgram.of(download(), source.sha256());
        Files.createDirectories(volume.procDump().getParent());
        AtomicFile.replace(volume.procDump(), program);
        AtomicFile.replace(volume.procDumpMark(), mark(program));
        LOG.info("ProcDump is here, from " + source.url().getHost());
      }
      trouble = "";
      return true;
    } catch (IOException e) {
      String words =
          "ProcDump cannot be fetched from " + source.url() + " (it is tried again): " + words(e);
      if (!words.equals(trouble)) {
        LOG.warning(words);
      }
      trouble = words;
      return false;
    }
  }

  /** From the container before this one: what was fetched for the same checksum, unchanged. */
  private boolean isThere() throws IOException {
    if (PlainFiles.file(volume.procDump()).isEmpty()
        || PlainFiles.file(volume.procDumpMark()).isEmpty()) {
      return false;
    }
    byte[] program = PlainFiles.read(volume.procDump(), ProcDumpProgram.LIMIT);
    byte[] mark = PlainFiles.read(volume.procDumpMark(), MARK_LIMIT);
    return Arrays.equals(mark, mark(program));
  }

  private byte[] mark(byte[] program) {
    return (source.sha256() + " " + ProcDumpProgram.sha256(program) + "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private byte[] download() throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(source.url()).timeout(WHOLE_ANSWER).build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BoundedBody.handler(ProcDumpProgram.LIMIT));
    try {
      HttpResponse<byte[]> response = answer.get(WHOLE_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("HTTP status " + response.statusCode());
      }
      return response.body();
    } catch (ExecutionException e) {
      throw new IOException(words(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("not whole within " + WHOLE_ANSWER.toSeconds() + " s", e);
    } finally {
      answer.cancel(true);
    }
  }

  private static String words(Throwable cause) {
    String text = cause.getMessage();
    return text == null ? cause.getClass().getSimpleName() : text;
  }
}
