namespace ExecActors.Protocol;

/// <summary>What a message is, told by the members it has.</summary>
public enum MessageKind
{
    /// <summary><c>method</c> and <c>id</c>: wants one answer.</summary>
    Request,

    /// <summary><c>method</c> alone: wants none.</summary>
    Notification,

    /// <summary>No <c>method</c>, but <c>result</c> or <c>error</c>: an answer.</summary>
    Response,
}
