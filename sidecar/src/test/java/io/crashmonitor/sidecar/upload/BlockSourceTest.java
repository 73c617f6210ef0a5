package io.crashmonitor.sidecar.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdInputStream;
import io.crashmonitor.api.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockSourceTest {
  private static final int PIECE = BlockSource.PIECE;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 12345})
  void makesOneGzipMemberOfAnySize(int size) throws IOException, DataFormatException {
    // given
    byte[] dump = half(size);
    // when
    byte[] gzip = join(blocks(write(dump), Compression.Gzip, 0));
    // then
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      assertThat(in.readAllBytes()).isEqualTo(dump);
    }
    assertThat(afterTheFirstMember(gzip)).isZero();
  }

  @Test
  void staysWithinABlockWhateverTheDumpHolds() throws IOException {
    byte[] random = new byte[2 * PIECE];
    new Random(1).nextBytes(random);
    assertThat(blocks(write(random), Compression.Gzip, 0))
        .allSatisfy(b -> assertThat(b.length).isBetween(PIECE, BlockSource.bufferSize()));
  }

  @Test
  void makesTheSameBlocksAgainAlsoAfterPassingOverSome() throws IOException {
    Path file = write(half(3 * PIECE + 5));
    List<byte[]> all = blocks(file, Compression.Gzip, 0);
    List<byte[]> rest = blocks(file, Compression.Gzip, 2);
    assertThat(all).hasSize(4);
    assertThat(rest).hasSize(2);
    assertThat(rest.get(0)).isEqualTo(all.get(2));
    assertThat(rest.get(1)).isEqualTo(all.get(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PIECE, PIECE + 1, 2 * PIECE + 12345})
  void makesOneZstdStreamOfAnySize(int size) throws IOException {
    assumeTrue(Zstandard.isHere(), "there is no zstd-jni for this machine among the dependencies");
    // given
    byte[] dump = half(size);
    Path file = write(dump);
    // when
    List<byte[]> blocks = blocks(file, Compression.Zstd, 0);
    // then
    try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(join(blocks)))) {
      assertThat(in.readAllBytes()).isEqualTo(dump);
    }
    assertThat(blocks(file, Compression.Zstd, 1))
        .containsExactlyElementsOf(blocks.subList(1, blocks.size()));
  }

  @Test
  void staysWithinABlockAlsoWithZstd() throws IOException {
    assumeTrue(Zstandard.isHere(), "there is no zstd-jni for this machine among the dependencies");
    byte[] random = new byte[2 * PIECE];
    new Random(1).nextBytes(random);
    assertThat(blocks(write(random), Compression.Zstd, 0))
        .allSatisfy(b -> assertThat(b.length).isBetween(PIECE, BlockSource.bufferSize()));
  }

  @Test
  void cutsAPlainDumpIntoPieces() throws IOException {
    byte[] dump = half(2 * PIECE + 5);
    assertThat(join(blocks(write(dump), Compression.None, 0))).isEqualTo(dump);
  }

  @Test
  void knowsTheHashOfTheDumpItself() throws IOException, NoSuchAlgorithmException {
    byte[] dump = half(PIECE + 5);
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(dump));
    try (BlockSource source = BlockSource.open(write(dump), Compression.Gzip, new Checksums())) {
      source.skip();
      assertThatThrownBy(source::sha256).isInstanceOf(IllegalStateException.class);
      source.next(new byte[BlockSource.bufferSize()]);
      assertThat(source.sha256()).isEqualTo(expected);
    }
  }

  @Test
  void readsNoPieceTwiceForTheChecksums() throws IOException, NoSuchAlgorithmException {
    // given
    byte[] dump = half(2 * PIECE + 5);
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(dump));
    Path file = write(dump);
    List<byte[]> whole = blocks(file, Compression.Gzip, 0);
    FileTime written = Files.getLastModifiedTime(file);
    Checksums sums = new Checksums();
    byte[] buffer = new byte[BlockSource.bufferSize()];
    try (BlockSource first = BlockSource.open(file, Compression.Gzip, sums)) {
      first.next(buffer);
      first.next(buffer);
    }
    // when what was read is something else now
    Arrays.fill(dump, 0, PIECE, (byte) 0);
    Files.write(file, dump);
    Files.setLastModifiedTime(file, written);
    // then
    try (BlockSource second = BlockSource.open(file, Compression.Gzip, sums)) {
      second.skip();
      second.next(buffer);
      Block last = second.next(buffer);
      assertThat(Arrays.copyOf(last.bytes(), last.length())).isEqualTo(whole.get(2));
      assertThat(second.sha256()).isEqualTo(expected).isEqualTo(second.sha256());
    }
  }

  @Test
  void passesOverWhatItKnowsWithoutReadingIt() throws IOException {
    Path file = write(half(2 * PIECE));
    Checksums sums = new Checksums();
    try (BlockSource first = BlockSource.open(file, Compression.Gzip, sums)) {
      first.skip();
    }
    try (BlockSource second = BlockSource.open(file, Compression.Gzip, sums);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      second.skip();
      assertThatThrownBy(second::skip).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void beginsTheChecksumsAnewForAnotherFile() throws IOException, NoSuchAlgorithmException {
    Checksums sums = new Checksums();
    byte[] buffer = new byte[BlockSource.bufferSize()];
    try (BlockSource first = BlockSource.open(write(half(100)), Compression.None, sums)) {
      first.next(buffer);
    }
    byte[] other = half(101);
    String expected = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(other));
    try (BlockSource second = BlockSource.open(write(other), Compression.None, sums)) {
      second.next(buffer);
      assertThat(second.sha256()).isEqualTo(expected);
    }
  }

  @Test
  void noticesADumpThatShrinks() throws IOException {
    Path file = write(half(PIECE));
    try (BlockSource source = BlockSource.open(file, Compression.Gzip, new Checksums());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(100);
      assertThatThrownBy(() -> source.next(new byte[BlockSource.bufferSize()]))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void followsNoLink() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), write(half(10)));
    assertThatThrownBy(() -> BlockSource.open(link, Compression.Gzip, new Checksums()))
        .isInstanceOf(IOException.class);
  }

  private static List<byte[]> blocks(Path file, Compression compression, int skipped)
      throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    try (BlockSource source = BlockSource.open(file, compression, new Checksums())) {
      for (int i = 0; i < source.blocks(); i++) {
        if (i < skipped) {
          source.skip();
        } else {
          Block block = source.next(new byte[BlockSource.bufferSize()]);
          assertThat(block.id()).startsWith(String.format("%06d-", i)).hasSize(23);
          blocks.add(Arrays.copyOf(block.bytes(), block.length()));
        }
      }
    }
    return blocks;
  }

  /** Browsers ignore what follows a gzip member, so nothing may. */
  private static int afterTheFirstMember(byte[] gzip) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    inflater.setInput(gzip, 10, gzip.length - 10);
    byte[] sink = new byte[1 << 16];
    while (!inflater.finished()) {
      inflater.inflate(sink);
    }
    int trailer = 8;
    int rest = inflater.getRemaining() - trailer;
    inflater.end();
    return rest;
  }

  private static byte[] join(List<byte[]> blocks) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    blocks.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] half(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Arrays.fill(bytes, size / 2, size, (byte) 7);
    return bytes;
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("dump"), bytes);
  }
}
