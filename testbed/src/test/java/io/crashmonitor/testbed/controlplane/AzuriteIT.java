package io.crashmonitor.testbed.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedAzurite.class)
class AzuriteIT {
  private static final Provisioned TOOLS = Provisioned.load();

  @TempDir private Path folder;

  @Test
  void createsABlobOnceWhenToldIfNoneMatch(Azurite azurite) {
    BlobClient blob = container(azurite).getBlobClient("ledger.json");

    blob.upload(BinaryData.fromString("first"), false);

    assertThatThrownBy(() -> blob.upload(BinaryData.fromString("second"), false))
        .isInstanceOfSatisfying(
            BlobStorageException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(BlobErrorCode.BLOB_ALREADY_EXISTS));
    assertThat(blob.downloadContent()).hasToString("first");
  }

  @Test
  void comesBackAtTheSameAddressWithItsBlobs() {
    try (Azurite azurite = Azurite.start(TOOLS, folder, Azurite.Persistence.DISK)) {
      BlobClient blob = container(azurite).getBlobClient("kept");
      blob.upload(BinaryData.fromString("content"), false);

      azurite.stop();
      assertThat(Ports.accepts(URI.create(azurite.endpoint()).getPort())).isFalse();
      azurite.start();

      assertThat(blob.downloadContent()).hasToString("content");
    }
  }

  @Test
  void speaksTlsWithACertificateOfTheGivenAuthority() throws IOException, InterruptedException {
    TestCa ca = new TestCa("storage", Clock.systemUTC().instant());
    try (Azurite azurite = Azurite.startWithTls(TOOLS, folder, Azurite.Persistence.MEMORY, ca)) {
      HttpClient client = HttpClient.newBuilder().sslContext(TestTls.trusting(ca)).build();

      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(azurite.endpoint() + "?comp=list")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.headers().firstValue("server").orElseThrow()).startsWith("Azurite");
    }
  }

  private static BlobContainerClient container(Azurite azurite) {
    return azurite.client().createBlobContainer("test-" + UUID.randomUUID());
  }
}
