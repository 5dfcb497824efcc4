namespace ExecActors.Integration.Tests.Faults;

/// <summary>The server broke a promise: something was lost, repeated, out of order or never answered.</summary>
internal sealed class FaultFoundException(string message, Exception? inner = null) : Exception(message, inner);
