package io.crashmonitor.sidecar.upload;

import io.crashmonitor.agent.DumpDecision.Granted;
import io.crashmonitor.sidecar.BackOff;
import io.crashmonitor.sidecar.operator.Reply;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** One upload as the agent makes it, in a JVM of its own; ends when its input does. */
final class UploadByRest {
  private UploadByRest() {}

  /**
   * @param args the granted URL, the file
   */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[1]);
    Granted grant = new Granted("bench.dmp", args[0], Instant.now().plusSeconds(3600));
    DumpUpload uploads =
        new DumpUpload(
            new BlobRest(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
                BlobRest.USUAL_LIMIT),
            pause -> {},
            new Random(),
            Instant::now,
            new BackOff(Duration.ofMillis(1), Duration.ofMillis(1)));
    UploadResult result =
        uploads.upload(
            new DumpUpload.Job(
                file, grant, file.resolveSibling("journal.json"), false, new Checksums()),
            () -> new Reply.Later<>("nobody renews here", Optional.empty()));
    System.out.println(result instanceof UploadResult.Committed ? "stored" : result);
    System.in.read();
  }
}
