package io.crashmonitor.operator.storage;

/** Storage cannot be used now; carries why in the words of {@link StorageFault}. */
public final class StorageFaultException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient StorageFault fault;

  public StorageFaultException(StorageFault fault) {
    super(fault.message());
    this.fault = fault;
  }

  public StorageFaultException(StorageFault fault, Throwable cause) {
    super(fault.message(), cause);
    this.fault = fault;
  }

  public StorageFault fault() {
    return fault;
  }
}
