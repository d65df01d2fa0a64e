# Điều quản trị viên đọc khi viết mục của kho kiến thức trong trò chuyện.

faq-not-admin = Chỉ quản trị viên được sửa kho kiến thức. Một quản trị viên có thể cấp quyền cho bạn: careline staff role
faq-usage =
    /faq add [en|vi|zh] [khóa]
    /faq edit [en|vi|zh] khóa
    /faq test [en|vi|zh] văn bản
    /faq list [từ]
    /faq history khóa
    /faq publish khóa
    /faq retire khóa
faq-use-form = Hãy dùng lệnh gạch chéo: lệnh sẽ mở một biểu mẫu.
faq-slow = Cơ sở dữ liệu đang phản hồi quá chậm. Chưa có gì thay đổi; hãy thử lại sau giây lát.
faq-key-form = { $key } không phải là khóa: hãy viết 1 đến 80 ký tự a-z, 0-9 và -, dấu - chỉ ở giữa, ví dụ refund-time.
faq-no-entry = Không có mục nào mang khóa { $key }. /faq list hiện tất cả.
faq-no-draft = { $key } không có bản nháp để xuất bản. /faq edit { $key } bắt đầu một bản nháp.
faq-is-there = { $key } đã có, hoặc đang được viết: /faq edit { $key }
faq-draft-is-there = { $name } có bản nháp của { $key } và nó sẽ bị ghi đè: trước hết hãy xuất bản nó, hoặc bỏ nó trong bảng điều khiển.
faq-draft-kept = Đã lưu bản nháp của { $key }. Khách chưa thấy gì cho đến khi nó được xuất bản: /faq publish { $key }
faq-published = { $key } đã được xuất bản. Khách nhận được trong vài giây.
faq-not-published = { $key } chưa được xuất bản, và không mất gì cả:
faq-retired = { $key } sẽ ngừng dùng trong vài giây. /faq history { $key } lấy lại một phiên bản cũ.
faq-out-of-date = Nút đó đã cũ: tin nhắn mới nhất cho thấy tình trạng hiện tại.

faq-changed-meanwhile = Trong lúc đó { $name } đã xuất bản một phiên bản khác của { $key }. Của họ (–) và của bạn (+):
faq-draft-meanwhile = Trong lúc đó { $name } đã lưu một bản nháp khác của { $key }. Của họ (–) và của bạn (+):
faq-nothing-differs = Không có gì khác nhau.
faq-yours-is-kept = Bản của bạn chưa được dùng nhưng được giữ một ngày: hãy lấy bản của bạn thay bản của họ, hoặc hủy và để nguyên bản của họ.

faq-ask-question = Mục này trả lời câu hỏi nào? Hãy viết như khách sẽ viết.
faq-ask-phrasings = Những cách hỏi khác, mỗi dòng một cách, bao nhiêu tin nhắn cũng được. Rồi nhấn Tiếp.
faq-ask-answer = Câu trả lời như khách sẽ đọc: **đậm**, *nghiêng*, [liên kết](https://…) và danh sách được giữ nguyên. Nếu quá dài cho một tin nhắn, phần sau có thể ở tin kế tiếp. Rồi nhấn Tiếp.
faq-ask-triggers = Mẫu (biểu thức chính quy), mỗi dòng một mẫu: văn bản nào khớp thì chắc chắn nhận mục này. Tiếp giữ nguyên những gì đang có.
faq-so-far = Cho đến nay:
faq-only-text = Chỉ văn bản mới là một phần của mục; hãy dẫn liên kết tới ảnh và phim.
faq-writing-already = Bạn đang viết { $key }. Hãy hoàn tất hoặc /cancel trước.
faq-cancelled = Đã hủy. Không giữ lại gì.
faq-left-alone = Điều bạn bắt đầu viết đã bị bỏ đó một ngày nên kết thúc. /faq bắt đầu lại.
faq-left-alone-kept = Bạn đã bỏ { $key } một ngày: những gì bạn viết được giữ thành bản nháp (/faq edit { $key }).
faq-left-alone-told = Bạn đã bỏ { $key } một ngày, và nay có bản nháp của người khác. Dưới đây là những gì bạn đã viết.
faq-put-aside-kept = Những gì bạn đã viết trước đó cho { $key } được giữ thành bản nháp (/faq edit { $key }).
faq-put-aside-told = Đã có bản nháp của người khác cho { $key }. Dưới đây là những gì bạn đã viết trước đó.
faq-not-taken = Tin nhắn của bạn không được nhận.

faq-preview = { $key } · { $lang }
faq-preview-phrasings = { $n } cách hỏi khác:
faq-messages = Trên { $platform } khách nhận câu trả lời trong { $n } tin nhắn.
faq-in-the-way = Điều cản trở việc xuất bản:
faq-same-wording = Nên biết: “{ $wording }” cũng là một cách hỏi của { $key }; khách sẽ được hỏi ý là mục nào.

faq-list-head = { $n } mục · trang { $page } trên { $pages }
faq-list-draft = bản nháp của { $name }
faq-history = Các phiên bản của { $key }, mới nhất trước:
faq-test-answers = Bot trả lời bằng { $key }:
faq-test-asks = Bot hỏi ý khách là mục nào: { $keys }
faq-test-person = Bot gọi một người.
faq-test-candidates = Khả năng của từng mục:

faq-button-next = Tiếp
faq-button-cancel = Hủy
faq-button-publish = Xuất bản
faq-button-draft = Giữ làm bản nháp
faq-button-draft-over = Giữ bản của tôi làm nháp
faq-button-publish-over = Xuất bản bản của tôi
faq-button-question = Câu hỏi
faq-button-phrasings = Cách hỏi
faq-button-answer = Câu trả lời
faq-button-triggers = Mẫu
faq-button-earlier = ‹ Trước
faq-button-later = Sau ›
faq-button-take-up = Lấy lại

faq-form-new = Mục mới · { $lang }
faq-form = { $key } · { $lang }
faq-field-left = Quá dài cho biểu mẫu ở đây (hơn { $most } ký tự) nên không hiện và giữ nguyên: { $fields }. Bảng điều khiển hiện đầy đủ.
faq-hint-lines = Mỗi dòng một cách
faq-hint-answer = Markdown: **đậm**, *nghiêng*, [liên kết](https://…), danh sách
faq-hint-triggers = Biểu thức chính quy, mỗi dòng một mẫu: văn bản khớp nhận mục này

# Điều quản trị viên thấy bên cạnh lệnh.
faq-command = Viết mục của kho kiến thức
faq-command-add = Bắt đầu một mục mới
faq-command-edit = Sửa một mục hoặc bản nháp
faq-command-test = Bot sẽ làm gì với một văn bản
faq-command-list = Liệt kê mục và bản nháp
faq-command-history = Ai đã sửa mục, khi nào
faq-command-publish = Cho khách nhận một bản nháp
faq-command-retire = Ngừng dùng một mục
faq-argument-key = Mục
faq-argument-new-key = Tên của mục, gồm a-z, 0-9 và -; không có thì lấy từ câu hỏi
faq-argument-language = Ngôn ngữ; không có thì là của bạn
faq-argument-text = Điều khách sẽ viết
faq-argument-words = Từ trong khóa hoặc câu hỏi
