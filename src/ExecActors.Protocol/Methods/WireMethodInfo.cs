namespace ExecActors.Protocol;

/// <summary>One line of the method table.</summary>
/// <param name="Method">Which method.</param>
/// <param name="Name">The name on the wire, compared exactly.</param>
/// <param name="Kind"><see cref="MessageKind.Request"/> or <see cref="MessageKind.Notification"/>.</param>
/// <param name="Family">The word that state errors use: <c>client must call initialize before using FAMILY methods</c>. Empty for the handshake and for what the server sends.</param>
/// <param name="FromServer">Whether the server sends it rather than the client.</param>
public sealed record WireMethodInfo(WireMethod Method, string Name, MessageKind Kind, string Family, bool FromServer = false);
