package io.crashmonitor.minidump.reader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The modules, in the dump's order, found by address. */
public final class Modules implements Iterable<DumpModule> {
  private final List<DumpModule> inOrder;
  private final List<DumpModule> byBase;

  Modules(List<DumpModule> modules) {
    this.inOrder = List.copyOf(modules);
    this.byBase = new ArrayList<>(modules);
    byBase.sort(Comparator.comparing(DumpModule::base, Long::compareUnsigned));
  }

  /** The module whose image holds the address. */
  public Optional<DumpModule> find(long address) {
    int low = 0;
    int high = byBase.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(byBase.get(middle).base(), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && byBase.get(high).contains(address)
        ? Optional.of(byBase.get(high))
        : Optional.empty();
  }

  /** The module of this file name, whatever its case. */
  public Optional<DumpModule> named(String name) {
    return inOrder.stream().filter(module -> module.name().equalsIgnoreCase(name)).findFirst();
  }

  public int count() {
    return inOrder.size();
  }

  /** In the dump's order: the program first. */
  public List<DumpModule> list() {
    return inOrder;
  }

  @Override
  public Iterator<DumpModule> iterator() {
    return inOrder.iterator();
  }
}
