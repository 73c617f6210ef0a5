package io.crashmonitor.minidump.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The grouping key of a crash: {@code v1-<exception code>-<hash>}, over the code, the kind of
 * access, the managed exception types and the first three frames that are neither system nor
 * runtime. No address, offset within a function or message is in it, so it is stable over address
 * layout, over data, and over every build that leaves the functions where they were; functions
 * known by name are stable over all builds.
 *
 * @param key the key; empty when there was no exception
 * @param parts what it is made of
 */
public record Signature(String key, List<String> parts) {
  private static final int FRAMES = 3;
  private static final String NO_MODULE = "?";

  /**
   * A frame as the key sees it.
   *
   * @param module file name; empty for none
   * @param function name; for code without a name its begin in the module
   * @param trusted whether it was not guessed
   * @param managed whether it is managed code
   * @param skipped whether it is of the runtime, unnamed
   */
  public record Part(
      String module, String function, boolean trusted, boolean managed, boolean skipped) {
    /** Whether it is system or runtime, by the list or by where it was found. */
    public boolean skippedBy(SkipList skip) {
      return skipped || (managed ? skip.skipsMethod(function) : skip.skipsModule(module));
    }

    private String text() {
      return managed
          ? function
          : (module.isEmpty() ? NO_MODULE : module.toLowerCase(Locale.ROOT) + "!" + function);
    }
  }

  /**
   * Makes the key.
   *
   * @param code exception code as {@code 0xC0000005}; empty when there was none: no crash, no key
   * @param access read, write, execute or empty
   * @param managed exceptions, outermost first
   * @param frames of the crashing thread, innermost first
   */
  public static Signature of(
      String code,
      String access,
      List<CrashReport.ManagedException> managed,
      List<Part> frames,
      SkipList skip) {
    if (code.isEmpty()) {
      return new Signature("", List.of());
    }
    List<String> parts = new ArrayList<>();
    parts.add(access.isEmpty() ? code : code + " " + access);
    managed.forEach(exception -> parts.add(exception.type()));
    List<String> thrown = root(managed).map(e -> managedFrames(e, skip)).orElse(List.of());
    parts.addAll(thrown.isEmpty() ? nativeFrames(frames, skip) : thrown);
    String shortCode = code.substring(2).toLowerCase(Locale.ROOT);
    return new Signature("v1-" + shortCode + "-" + hash(parts), List.copyOf(parts));
  }

  /** The innermost exception with a stack: where the trouble began. */
  private static Optional<CrashReport.ManagedException> root(
      List<CrashReport.ManagedException> managed) {
    for (int i = managed.size() - 1; i >= 0; i--) {
      if (!managed.get(i).frames().isEmpty()) {
        return Optional.of(managed.get(i));
      }
    }
    return Optional.empty();
  }

  private static List<String> managedFrames(CrashReport.ManagedException exception, SkipList skip) {
    List<String> all = exception.frames().stream().map(CrashReport.ManagedFrame::method).toList();
    List<String> own = all.stream().filter(method -> !skip.skipsMethod(method)).toList();
    return (own.isEmpty() ? all : own).stream().limit(FRAMES).toList();
  }

  private static List<String> nativeFrames(List<Part> frames, SkipList skip) {
    List<Part> sure = frames.stream().filter(Part::trusted).toList();
    List<String> own =
        sure.stream()
            .filter(frame -> !frame.skippedBy(skip))
            .map(Part::text)
            .limit(FRAMES)
            .toList();
    return own.isEmpty() ? sure.stream().map(Part::text).limit(FRAMES).toList() : own;
  }

  private static String hash(List<String> parts) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
