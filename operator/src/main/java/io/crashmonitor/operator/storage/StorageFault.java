package io.crashmonitor.operator.storage;

/** Why a session's storage cannot be used now; {@link #message} says the next step. */
public sealed interface StorageFault {
  String message();

  /** The Secret is not there (yet). */
  record SecretNotFound(String name) implements StorageFault {
    @Override
    public String message() {
      return "Secret "
          + name
          + " is not in the session's namespace: create it with key connectionString";
    }
  }

  /** The Secret is there and cannot be used. */
  record SecretInvalid(String why) implements StorageFault {
    @Override
    public String message() {
      return why;
    }
  }

  /** No answer, or an answer that is no answer. */
  record Unreachable(String why) implements StorageFault {
    @Override
    public String message() {
      return why + "; check the account's name, its network rules and the operator's egress";
    }
  }

  /** A blob of ours that is not as we wrote it, or that a newer operator wrote. */
  record Unreadable(String blob, String why) implements StorageFault {
    @Override
    public String message() {
      return blob
          + " cannot be read ("
          + why
          + "): restore it, or begin another run (annotation crashmonitor.io/run-requested-at)";
    }
  }

  /** The container is gone. */
  record Absent(String container) implements StorageFault {
    @Override
    public String message() {
      return "container "
          + container
          + " was deleted; it is made again as soon as Azure allows its name, which may take a"
          + " minute";
    }
  }

  /** The account answers and refuses. */
  record Denied(String why) implements StorageFault {
    @Override
    public String message() {
      return why + "; check that the Secret holds a current key of the account";
    }
  }

  /** The Secret names an endpoint that is neither Azure's nor on the operator's list. */
  record EndpointNotAllowed(String account) implements StorageFault {
    @Override
    public String message() {
      return "the Secret names an endpoint of its own for account "
          + account
          + ": remove BlobEndpoint from it, or have the operator's CRASH_MONITOR_BLOB_ENDPOINTS"
          + " allow it";
    }
  }

  /** Part of the API, and not built yet. */
  record NotYetSupported(String what) implements StorageFault {
    @Override
    public String message() {
      return what + " is not supported yet: use auth.secretRef";
    }
  }
}
