package io.crashmonitor.minidump;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the index of the folder of dumps says of one.
 *
 * @param name without {@code .dmp}
 * @param refused whether no report is to be had of it
 * @param reason as minidump-stackwalk names it: {@code EXCEPTION_ACCESS_VIOLATION_READ}
 * @param address as it gives it: of the access for access violations
 * @param threads count
 * @param modules count
 * @param crashingThread index in the thread list; empty for none
 * @param frame0 {@code module+0xoffset}
 * @param walk the true stack, where a prototype found it: {@code module!name+0x1}, {@code
 *     module+0xoffset name+0x1}, {@code [managed] name}
 */
record IndexEntry(
    String name,
    boolean refused,
    String reason,
    String address,
    int threads,
    int modules,
    Optional<Integer> crashingThread,
    Optional<String> frame0,
    List<String> walk) {

  private static final Pattern STACKWALK =
      Pattern.compile(
          "- stackwalk: `(.+?)` at (\\S+); (\\d+) threads, (\\d+) modules; crashing thread (\\S+)");
  private static final Pattern FRAME0 = Pattern.compile("- frames: (.+?)\\[context\\]");
  private static final Pattern WALK = Pattern.compile("- [^\\n]*pdata[^\\n]*walk[^\\n]*?: (.*)");

  static List<IndexEntry> parse(String index) {
    List<IndexEntry> entries = new ArrayList<>();
    String[] parts = index.split("(?m)^### ");
    for (int i = 1; i < parts.length; i++) {
      entries.add(entry(parts[i]));
    }
    return entries;
  }

  private static IndexEntry entry(String text) {
    String name = text.substring(0, text.indexOf(".dmp"));
    Matcher facts = STACKWALK.matcher(text);
    if (!facts.find()) {
      return new IndexEntry(
          name, true, "", "", 0, 0, Optional.empty(), Optional.empty(), List.of());
    }
    Matcher frame0 = FRAME0.matcher(text);
    Matcher walk = WALK.matcher(text);
    return new IndexEntry(
        name,
        false,
        facts.group(1),
        facts.group(2),
        Integer.parseInt(facts.group(3)),
        Integer.parseInt(facts.group(4)),
        facts.group(5).equals("None")
            ? Optional.empty()
            : Optional.of(Integer.valueOf(facts.group(5))),
        frame0.find() ? Optional.of(frame0.group(1)) : Optional.empty(),
        walk.find() ? List.of(walk.group(1).split("; ")) : List.of());
  }
}
