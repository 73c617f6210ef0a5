package io.crashmonitor.sidecar.upload;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.crashmonitor.api.Compression;
import io.crashmonitor.sidecar.volume.PlainFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which blocks of a dump are in storage, kept in the volume: after a restart they are not sent
 * again, and storage need not be asked (the grant does not allow it). One line for the upload, then
 * one for each block; a line cut off by the end of its writer is as if it were not there.
 */
final class UploadJournal {
  private static final Logger LOG = Logger.getLogger(UploadJournal.class.getName());
  private static final int LIMIT = 4 * 1024 * 1024;
  private static final Pattern BLOCK =
      Pattern.compile("\\{\"block\":\"([0-9]{6}-[0-9a-f]{16})\",\"length\":([0-9]{1,8})\\}");

  /** A block that is in storage. */
  record Staged(String id, int length) {}

  private final Path file;
  private final List<Staged> blocks;
  private boolean kept = true;

  private UploadJournal(Path file, List<Staged> blocks) {
    this.file = file;
    this.blocks = blocks;
  }

  /**
   * Opens the journal of an upload; one of another blob, file or compression counts for nothing.
   *
   * @param modified of the dump: two dumps of one process share the blob, and may be of one size
   */
  static UploadJournal open(
      Path file, String blob, long size, long modified, Compression compression) {
    String header = header(blob, size, modified, compression);
    List<Staged> blocks = new ArrayList<>();
    UploadJournal journal = new UploadJournal(file, blocks);
    if (!read(file, header, blocks)) {
      // Rewritten without the line that was cut off, or begun.
      journal.begin(header);
    }
    return journal;
  }

  /** The blocks, in the blob's order without a gap. */
  List<Staged> blocks() {
    return List.copyOf(blocks);
  }

  /** Notes that the next block is in storage. */
  void staged(Block block) {
    blocks.add(new Staged(block.id(), block.length()));
    append(List.of(line(block.id(), block.length())));
  }

  /** Ends the journal of an upload. */
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warning("a journal stays behind: " + file + ": " + e.getMessage());
    }
  }

  private void begin(String header) {
    delete(file);
    List<String> lines = new ArrayList<>(List.of(header));
    blocks.forEach(b -> lines.add(line(b.id(), b.length())));
    append(lines);
  }

  private static String line(String id, int length) {
    return "{\"block\":\"" + id + "\",\"length\":" + length + "}";
  }

  private static String header(String blob, long size, long modified, Compression compression) {
    String name = blob.replace("\\", "\\\\").replace("\"", "\\\"");
    return "{\"version\":1,\"blob\":\"%s\",\"size\":%d,\"modified\":%d,\"compression\":\"%s\",\"piece\":%d}"
        .formatted(name, size, modified, compression, BlockSource.PIECE);
  }

  /** Whether it is clean to its end; fills in the blocks it tells of, as far as it is. */
  private static boolean read(Path file, String header, List<Staged> blocks) {
    String text;
    try {
      text = new String(PlainFiles.read(file, LIMIT), StandardCharsets.UTF_8);
    } catch (IOException noneYet) {
      return false;
    }
    int from = text.indexOf('\n') + 1;
    if (from == 0 || !text.substring(0, from - 1).equals(header)) {
      return false;
    }
    for (int to = text.indexOf('\n', from); to >= 0; to = text.indexOf('\n', from)) {
      Matcher line = BLOCK.matcher(text.substring(from, to));
      if (!line.matches() || Integer.parseInt(line.group(1).substring(0, 6)) != blocks.size()) {
        return false;
      }
      blocks.add(new Staged(line.group(1), Integer.parseInt(line.group(2))));
      from = to + 1;
    }
    return from == text.length();
  }

  // Without the journal an upload goes on; only a restart of it would begin anew.
  private void append(List<String> lines) {
    if (!kept) {
      return;
    }
    boolean there = PlainFiles.file(file).isPresent();
    try (SeekableByteChannel channel = open(file, there)) {
      String text = String.join("\n", lines) + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      kept = false;
      LOG.warning("the upload keeps no journal: " + file + ": " + e.getMessage());
    }
  }

  private static SeekableByteChannel open(Path file, boolean there) throws IOException {
    PlainFiles.requireFolderOf(file);
    return Files.newByteChannel(
        file, there ? Set.of(APPEND, NOFOLLOW_LINKS) : Set.of(WRITE, CREATE_NEW));
  }
}
