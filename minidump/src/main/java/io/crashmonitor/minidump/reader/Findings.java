package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.List;

/** Collects findings; bounded, so that a hostile file cannot fill the heap or the report. */
public final class Findings {
  private static final int MOST = 64;

  private final List<Finding> list = new ArrayList<>();
  private boolean cut;

  /** Adds the finding unless it is already there or there are enough. */
  public void add(Finding finding) {
    if (list.contains(finding) || cut) {
      return;
    }
    if (list.size() == MOST - 1) {
      list.add(Finding.of("findings", "there are more findings than are listed"));
      cut = true;
      return;
    }
    list.add(finding);
  }

  /** Adds a fault of reading as a finding of the part. */
  public void add(String part, MinidumpException fault) {
    add(Finding.at(part, fault.position(), fault.getMessage()));
  }

  /** In the order of discovery. */
  public List<Finding> list() {
    return List.copyOf(list);
  }
}
