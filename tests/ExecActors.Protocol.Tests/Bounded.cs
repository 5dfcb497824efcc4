namespace ExecActors.Protocol.Tests;

/// <summary>Work that must end: a quadratic blow-up takes minutes where the bound is seconds.</summary>
internal static class Bounded
{
    private static readonly TimeSpan s_generous = TimeSpan.FromSeconds(30);

    public static async Task<T> RunAsync<T>(Func<T> work) => await Task.Run(work).WaitAsync(s_generous);
}
