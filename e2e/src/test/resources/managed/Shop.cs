using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;

// Dies of an unhandled exception: Shop.dll inner|thread GO, once the file GO is there, and takes it away.
namespace Contoso.Shop
{
    public class OrderException : Exception
    {
        public OrderException(string message, Exception cause) : base(message, cause) { }
    }

    public class OrderService
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public int Price(string sku, int quantity)
        {
            return 100 / (quantity - quantity);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public int Place(string sku, int quantity)
        {
            try
            {
                return Price(sku, quantity);
            }
            catch (DivideByZeroException cause)
            {
                throw new OrderException("Order for '" + sku + "' x" + quantity + " failed", cause);
            }
        }
    }

    public class Stock<T>
    {
        public class Shelf
        {
            [MethodImpl(MethodImplOptions.NoInlining)]
            public T Take(T[] items, ref int at)
            {
                throw new ArgumentException("Nothing is left", "items");
            }
        }
    }

    public static class Program
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Work(string kind)
        {
            if (kind == "inner")
            {
                new OrderService().Place("SKU-1234", 3);
                return;
            }
            var thread = new Thread(Background);
            thread.Start("shelf 7");
            thread.Join();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Background(object name)
        {
            int at = 7;
            new Stock<string>.Shelf().Take(new[] { (string) name }, ref at);
        }

        static int Main(string[] arguments)
        {
            File.WriteAllText(arguments[1] + ".waits", ""); // the runtime has started
            while (!File.Exists(arguments[1]))
            {
                Thread.Sleep(50);
            }
            File.Delete(arguments[1]);
            Thread.Sleep(500); // whoever made the file may need a moment to attach
            Work(arguments[0]);
            return 0;
        }
    }
}
