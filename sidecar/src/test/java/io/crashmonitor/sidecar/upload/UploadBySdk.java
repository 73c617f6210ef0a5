package io.crashmonitor.sidecar.upload;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Context;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.blob.specialized.SpecializedBlobClientBuilder;
import io.crashmonitor.api.Compression;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The same upload with the Azure SDK in the place of the two calls: same blocks, same checksums.
 */
final class UploadBySdk {
  private static final Duration LIMIT = BlobRest.USUAL_LIMIT;

  private UploadBySdk() {}

  /**
   * @param args the granted URL, the file
   */
  public static void main(String[] args) throws Exception {
    BlockBlobClient blob =
        new SpecializedBlobClientBuilder()
            .endpoint(args[0])
            .httpClient(new JdkHttpClientBuilder().build())
            .buildBlockBlobClient();
    List<String> ids = new ArrayList<>();
    try (BlockSource source =
        BlockSource.open(Path.of(args[1]), Compression.None, new Checksums())) {
      byte[] buffer = new byte[BlockSource.bufferSize()];
      for (int i = 0; i < source.blocks(); i++) {
        Block block = source.next(buffer);
        blob.stageBlockWithResponse(
            block.base64Id(),
            new ByteArrayInputStream(buffer, 0, block.length()),
            block.length(),
            block.md5(),
            null,
            LIMIT,
            Context.NONE);
        ids.add(block.base64Id());
      }
      blob.commitBlockListWithResponse(
          ids,
          new BlobHttpHeaders().setContentType("application/octet-stream"),
          Map.of("sha256", source.sha256()),
          null,
          new BlobRequestConditions().setIfNoneMatch("*"),
          LIMIT,
          Context.NONE);
    }
    System.out.println("stored");
    System.in.read();
  }
}
