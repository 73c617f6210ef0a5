package io.crashmonitor.minidump.clr.contract;

import io.crashmonitor.minidump.clr.exception.TypeSystem;
import io.crashmonitor.minidump.clr.metadata.ClrReadException;
import io.crashmonitor.minidump.clr.metadata.View;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The exception a managed thread is dealing with (contracts Thread and Exception). */
final class ContractThreads {
  private static final int MAX_THREADS = 65_536;
  private static final int MAX_NESTED = 16;

  private final View view;
  private final Descriptor descriptor;
  private final TypeSystem types;

  ContractThreads(View view, Descriptor descriptor, TypeSystem types) {
    this.view = view;
    this.descriptor = descriptor;
    this.types = types;
  }

  /**
   * Address of the runtime's Thread structure by the id the operating system gave; empty where it
   * is no managed thread.
   */
  Optional<Long> thread(long osId) {
    long store = view.pointer(descriptor.global("ThreadStore"));
    int link = descriptor.offset("Thread", "LinkNext");
    long next = view.pointer(store + descriptor.offset("ThreadStore", "FirstThreadLink"));
    for (int i = 0; i < MAX_THREADS && next != 0; i++) {
      long thread = next - link;
      if (view.u32(thread + descriptor.offset("Thread", "OSId")) == osId) {
        return Optional.of(thread);
      }
      next = view.pointer(next);
    }
    return Optional.empty();
  }

  /** Addresses of the exception objects a thread is dealing with, the newest first. */
  List<Long> handled(long thread) {
    List<Long> objects = new ArrayList<>();
    try {
      long info = view.pointer(thread + descriptor.offset("Thread", "ExceptionTracker"));
      for (int i = 0; i < MAX_NESTED && info != 0; i++) {
        exceptionAt(view.pointer(info + descriptor.offset("ExceptionInfo", "ThrownObject")))
            .ifPresent(objects::add);
        info = view.pointer(info + descriptor.offset("ExceptionInfo", "PreviousNestedInfo"));
      }
    } catch (MinidumpException | ClrReadException cut) {
      return objects; // what was read of the list holds
    }
    return objects;
  }

  /** Address of the last exception object a thread threw, handled or not. */
  Optional<Long> lastThrown(long thread) {
    OptionalInt last = descriptor.optionalOffset("Thread", "LastThrownObject");
    try {
      return last.isEmpty()
          ? Optional.empty()
          : exceptionAt(view.pointer(thread + last.getAsInt()));
    } catch (MinidumpException | ClrReadException none) {
      return Optional.empty();
    }
  }

  /**
   * Up to .NET 10 the runtime keeps a handle, a pointer to the object's place; later the object
   * itself.
   */
  private Optional<Long> exceptionAt(long handleOrObject) {
    if (handleOrObject == 0) {
      return Optional.empty();
    }
    Optional<Long> behind = behind(handleOrObject).filter(this::isException);
    return behind.isPresent() ? behind : Optional.of(handleOrObject).filter(this::isException);
  }

  private Optional<Long> behind(long handle) {
    try {
      return Optional.of(view.pointer(handle)).filter(object -> object != 0);
    } catch (MinidumpException unreadable) {
      return Optional.empty();
    }
  }

  private boolean isException(long object) {
    try {
      return types.isException(types.typeOf(object));
    } catch (MinidumpException | ClrReadException unreadable) {
      return false;
    }
  }
}
