import io.crashmonitor.minidump.AnalysisOptions;
import io.crashmonitor.minidump.MinidumpAnalyzer;
import io.crashmonitor.minidump.report.CrashReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Two verbs of bench/minidump: {@code inflate FROM TO SIZE} makes a full dump bigger by ranges of
 * memory that lie between the real ones in the file's list, {@code warm FILE} measures the analysis
 * in one JVM.
 */
final class MinidumpBench {
  private static final int MEMORY64_LIST = 9;
  private static final int RANGES = 20_000;

  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "inflate" ->
          inflate(Path.of(arguments[1]), Path.of(arguments[2]), Long.parseLong(arguments[3]));
      case "warm" -> warm(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** New memory follows the old data; the longer list lies behind it and the directory names it. */
  private static void inflate(Path from, Path to, long size) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel file =
        FileChannel.open(to, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = file.size();
      ByteBuffer header = read(file, 0, 32);
      int entry = header.getInt(12);
      while (read(file, entry, 12).getInt(0) != MEMORY64_LIST) {
        entry += 12;
      }
      ByteBuffer place = read(file, entry, 12);
      ByteBuffer old = read(file, place.getInt(8), place.getInt(4));
      int count = (int) old.getLong(0);
      ByteBuffer list = buffer(16 + 16 * (count + RANGES));
      list.putLong(count + RANGES).put(old.position(8).limit(16 + 16 * count));
      long each = (size - end) / RANGES & -16;
      for (int i = 0; i < RANGES; i++) {
        list.putLong(0x2000_0000_0000L + i * (each + 4096)).putLong(each);
      }
      long listAt = end + each * RANGES;
      file.write(list.flip(), listAt);
      file.write(buffer(8).putInt(list.limit()).putInt((int) listAt).flip(), entry + 4);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer read(FileChannel file, long at, int size) throws IOException {
    ByteBuffer buffer = buffer(size);
    file.read(buffer, at);
    return buffer.rewind();
  }

  private static void warm(Path dump) throws IOException {
    for (int i = 0; i < 30; i++) {
      MinidumpAnalyzer.analyze(dump, AnalysisOptions.defaults());
    }
    List<Long> nanos = new ArrayList<>();
    CrashReport report = null;
    for (int i = 0; i < 50; i++) {
      long start = System.nanoTime();
      report = MinidumpAnalyzer.analyze(dump, AnalysisOptions.defaults());
      nanos.add(System.nanoTime() - start);
    }
    Collections.sort(nanos);
    System.gc();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    System.out.printf(
        Locale.ROOT,
        "warm %.1f ms (median of 50; best %.1f, worst %.1f), heap after GC %.1f MB, %d frames%n",
        nanos.get(25) / 1e6,
        nanos.get(0) / 1e6,
        nanos.get(49) / 1e6,
        heap / 1e6,
        report.crashingThread().frames().size());
  }
}
